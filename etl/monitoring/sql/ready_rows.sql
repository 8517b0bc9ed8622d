-- The unread rows of a table. Without an index on in_status (claim_rows.sql says why) that is a scan: about a
-- third of a second per million rows, so it runs again only when the table's counters have changed. inserted_date is
-- the partner's column: dates that Python cannot read count as undated.
select
    count(*) filter (where in_status = '') as ready,
    count(*) filter (where in_status = 'ON_WORK') as on_work,
    count(*) - count(inserted_date) filter (where {{ sane }}) as undated,
    min(inserted_date) filter (where {{ sane }}) as oldest
from {{ schema | ident }}.{{ table | ident }}{{ " tablesample system (1)" if sampled }}
where in_status in ('', 'ON_WORK')
