-- As mark_rows: only rows that are unchanged since they were staged. Batches of records ask for refused ones alone.
{% from "chunk.jinja" import links_within %}
{% set status -%}
case
        when s.fault_column is not null then 'ERROR'
        when not s.removed and (s.owner is null or s.target is null) then 'WAITING'
        else 'DONE'
    end
{%- endset %}
{% if is_staged %}
insert into pg_temp.mark (id, in_status)
select s._source_row, {{ status }}
from stage s
{{- "\nwhere s.fault_column is not null" if knows_owners }}
{% elif is_relayed %}
insert into pg_temp.mark (source_row, version, in_status)
select s._source_row, s._version, {{ status }}
from stage s
{% else %}
update {{ in_schema | ident }}.{{ in_table | ident }} l
set in_status = {{ status }}
from stage s
where l.ctid = s._source_row and l.xmin = s._version{{ links_within(chunk) }}
{% endif %}
