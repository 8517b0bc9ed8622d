-- The last id of the next part; none: the rest of the table is less than a part.
select g._id as last_id
from {{ store_schema | ident }}.{{ golden | ident }} g
{% if has_start %}
where g._id > :after
{% endif %}
order by g._id
limit 1 offset :rows - 1
