-- Rows that were changed or deleted between staging and marking; what is still claimed is staged again.
{% if is_relayed %}
-- Here none was: marked rows are no longer claimed, and the others wait for the next pass.
update {{ in_schema | ident }}.{{ in_table | ident }} i
set in_status = null
from stage s
where {{ "i.id = s._row" if is_staged else "i._source_row = s._source_row" }}
{% else %}
delete from stage s
where not exists (
    select 1
    from {{ in_schema | ident }}.{{ in_table | ident }} i
    where i.id = s._row and i.in_status <> 'ON_WORK' and i.xmin = cast(pg_current_xact_id() as xid)
)
{% endif %}
