-- The rows of an in_ table that have an external id, the newest first: an older one may be left from an earlier
-- hand-over. The column `removed` may be missing.
select cast(i.id as text) as id, i.in_status, cast(i.occupied_id as text) as run, i.out_id, i.inserted_date,
    to_jsonb(i) ->> 'removed' as removed
from {{ in_schema | ident }}.{{ table | ident }} i
where i.in_id = :in_id
order by i.id desc
limit 10
