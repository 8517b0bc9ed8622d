-- How many of these rows have another status than they should have by now.
select count(*) as rows
from jsonb_array_elements(cast(:keys as jsonb)) as k (key)
left join {{ schema | ident }}.{{ table | ident }} i on
{% for column in key %}
    i.{{ column | ident }} = k.key ->> {{ loop.index0 }}{{ " and" if not loop.last }}
{% endfor %}
where i.in_status is distinct from :status
