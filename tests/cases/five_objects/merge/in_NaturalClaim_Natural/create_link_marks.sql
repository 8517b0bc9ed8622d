-- What becomes of staged rows, by their numbers.
create temporary table if not exists mark (id bigint, in_status varchar(20)) on commit drop;
-- The faults of staged rows.
create temporary table if not exists err (
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
    origin text
) on commit drop;
-- Up to when owners of SINGLE fields had links before this unit of work, see order_links.
create temporary table if not exists link_base (
    golden_link text not null,
    owner text collate "C" not null,
    owner_in_id text collate "C" not null,
    base timestamp with time zone not null
) on commit drop