-- What other sources have ended since the last run: the partner's rows wait no longer.
with taken as (
    delete from {{ store_schema | ident }}.pending_status p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
    returning p.owner_in_id, p.target_in_id, p.in_status
)
{% if is_relayed %}
insert into pg_temp.ended (owner_in_id, target_in_id, in_status)
select owner_in_id, target_in_id, in_status from taken
{% else %}
update {{ in_schema | ident }}.{{ in_table | ident }} l
set in_status = taken.in_status
from taken
where l.{{ owner_column | ident }} = taken.owner_in_id collate "default"
  and l.{{ target_column | ident }} = taken.target_in_id collate "default"
  and l.in_status = 'WAITING'
{% endif %}
