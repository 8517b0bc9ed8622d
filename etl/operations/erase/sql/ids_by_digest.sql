-- External ids of which only the digests are known.
{% for table, column in ids %}
{{ "union" if not loop.first }}
select t.{{ column | ident }} as in_id
from {{ schema | ident }}.{{ table | ident }} t
where encode(sha256(convert_to(:prefix || t.{{ column | ident }}, 'UTF8')), 'hex') = any(cast(:digests as text[]))
{% endfor %}
