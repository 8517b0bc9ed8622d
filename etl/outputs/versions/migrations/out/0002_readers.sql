-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- The number of the last change that the readers of a version are given; without readers it stays as it is.
alter table {{ schema | ident }}.out_version add column reader_position bigint not null default 0;
-- For people.
comment on column {{ schema | ident }}.out_version.reader_position is
    'the number of the last change of its tables; counted only while the version has readers';
-- What each reader of a version has confirmed, and what it was given and has not confirmed. Positions are of the tables
-- that `place` identifies, as in out_version; those of other tables mean nothing, so the reader gets a full delivery.
create table {{ schema | ident }}.reader (
    schema_name varchar(63) not null references {{ schema | ident }}.out_version on delete cascade,
    reader varchar(63) not null,
    role_name varchar(63) not null,
    added_at timestamp with time zone not null default clock_timestamp(),
    place text,
    delivery bigint not null default 0,
    from_position bigint,
    upto_position bigint,
    asked_at timestamp with time zone,
    taken_at timestamp with time zone,
    retired_at timestamp with time zone,
    -- A deletion of changes writes here: an older snapshot than it then cannot begin a delivery.
    kept_from bigint not null default 0,
    primary key (schema_name, reader)
);
-- For people.
comment on table {{ schema | ident }}.reader is
    'The readers of each version that confirm what they were given: from where and up to where.';
-- The rows of out_ tables that changed, each with the number of its last change. `target` is the second id of a link.
create table {{ schema | ident }}.reader_change (
    schema_name varchar(63) not null,
    table_name varchar(63) not null,
    id varchar(100) not null,
    target varchar(100) not null default '',
    position bigint not null,
    primary key (schema_name, table_name, id, target)
);
-- For people.
comment on table {{ schema | ident }}.reader_change is
    'Rows of the out_ tables that changed or left, each with the number of its last change, until all readers have it.';
-- A reader is given a range of numbers, and what all readers have is deleted.
create index reader_change_position on {{ schema | ident }}.reader_change (schema_name, position, table_name);
-- What each delivery had.
create table {{ schema | ident }}.reader_receipt (
    schema_name varchar(63) not null,
    reader varchar(63) not null,
    delivery bigint not null,
    table_name varchar(63) not null,
    from_position bigint,
    upto_position bigint not null,
    changed bigint not null,
    removed bigint not null,
    asked_at timestamp with time zone not null,
    taken_at timestamp with time zone,
    primary key (schema_name, reader, delivery, table_name),
    foreign key (schema_name, reader) references {{ schema | ident }}.reader on delete cascade
);
-- For people.
comment on table {{ schema | ident }}.reader_receipt is
    'How many rows of each table a reader was given, and when it confirmed.';
-- The trigger of the tables of a version that has readers. The row of out_version is locked until the transaction ends:
-- numbers become visible in their order, and none is skipped by a slower transaction. Arguments: columns of the ids.
create function {{ schema | ident }}.note_reader_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    target text := case when tg_nargs > 1 then format('%I', tg_argv[1]) else '''''' end;
    number bigint;
begin
    if not exists (select from changed_rows) then
        return null;
    end if;
    update {{ schema | ident }}.out_version v
    set reader_position = v.reader_position + 1
    where v.schema_name = tg_table_schema
    returning v.reader_position into number;
    execute format(
        'insert into {{ schema | ident }}.reader_change as c (schema_name, table_name, id, target, position)
        select $1, $2, %I, %s, $3 from changed_rows
        on conflict (schema_name, table_name, id, target) do update set position = excluded.position',
        tg_argv[0], target
    ) using tg_table_schema, tg_table_name, number;
    return null;
end
$$;
-- Of a truncate it is not known which rows left, so every reader gets a full delivery.
create function {{ schema | ident }}.forget_reader_positions() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update {{ schema | ident }}.reader r
    set from_position = null, upto_position = null
    where r.schema_name = tg_table_schema;
    return null;
end
$$;
