-- Faults of rows, and messages about them.
create temporary table err (
    run bigint,
    in_table varchar(63),
    row_id bigint,
    in_id varchar(100),
    column_name varchar(63),
    code varchar(32),
    message text,
    message_rus text,
    value text,
    severity varchar(8),
    is_of_link_row boolean not null default false
) on commit drop
