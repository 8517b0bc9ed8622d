-- Where each chunk of claimed rows begins, and how many it holds; only these few numbers leave the server.
select min(id) as first, count(*) as rows
from (
    select id, (row_number() over (order by id) - 1) / :chunk_rows as chunk
    from {{ in_schema | ident }}.{{ table | ident }}
    where occupied_id = :run and in_status = 'ON_WORK'
) numbered
group by chunk
order by chunk
