-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- What the newest comparison of a table has found (process_expected.compare), a row for each table.
create table {{ schema | ident }}.comparison (
    in_table varchar(63) primary key,
    run bigint not null,
    compared_at timestamp with time zone not null,
    given bigint not null,
    missing bigint not null,
    extra bigint not null,
    different bigint not null
);
-- Partners read the table.
comment on table {{ schema | ident }}.comparison is
    'The newest comparison of each table with process_compare: how many ids were given, and how many differ.';
-- Written and deleted table by table.
create table {{ schema | ident }}.comparison_row (
    in_table varchar(63) not null,
    in_id varchar(100) not null,
    difference varchar(16) not null check (difference in ('missing', 'extra', 'different'))
);
-- For people.
comment on table {{ schema | ident }}.comparison_row is
    'Ids that the newest comparison of a table has found missing, extra or different; process_difference shows them.';
-- What a partner asks for.
create view {{ schema | ident }}.process_difference as
select r.in_table, r.in_id, r.difference, c.run, c.compared_at
from {{ schema | ident }}.comparison_row r
join {{ schema | ident }}.comparison c on c.in_table = r.in_table;
-- For people.
comment on view {{ schema | ident }}.process_difference is
    'Instances that the partner has and the store lacks (missing), that only the store has (extra), or that differ.'
