-- Rows that a full set no longer has.
delete from {{ schema | ident }}.{{ table | ident }} i
using jsonb_array_elements(cast(:keys as jsonb)) as k (key)
where
{% for column in key %}
    i.{{ column | ident }} = k.key ->> {{ loop.index0 }}{{ " and" if not loop.last }}
{% endfor %}
