-- The marks of rows so far; the rows are still locked in the import. After the merge, also the rows that were marked in
-- their copies. In the order of their ctids in the import, so that its pages are written in order.
select source_row, {{ (["version"] + (marked | map(attribute="name") | idents)) | comma_list }}

from pg_temp.mark
{% if is_over %}
union all
select _source_row, {{ (["_version"] + (marked | map(attribute="name") | idents)) | comma_list }}

from pg_temp.{{ table | ident }}
where _source_row is not null and {{ "uploaded" if kind == "files" else "in_status <> 'ON_WORK'" }}
{% endif %}
order by 1
