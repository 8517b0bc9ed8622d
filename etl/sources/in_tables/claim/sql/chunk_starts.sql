-- Where each chunk of claimed rows begins; only these few numbers leave the server.
select id as first
from (
    select id, row_number() over (order by id) as number
    from {{ in_schema | ident }}.{{ table | ident }}
    where occupied_id = :run and in_status = 'ON_WORK'
) numbered
where (number - 1) % :chunk_rows = 0
order by number
