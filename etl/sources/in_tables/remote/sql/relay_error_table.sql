-- Errors of one task, to be copied to the import, whose table numbers and dates them. A link row has no id that its
-- error could name.
create temporary table err (
    id bigint,
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
    created_at timestamp with time zone,
    is_of_link_row boolean not null default false
) on commit drop
