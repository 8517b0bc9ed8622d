-- The ids of the last link of the next part; none: the rest of the table is less than a part.
select l._owner as last_id, l._target as last_target
from {{ store_schema | ident }}.{{ golden_link | ident }} l
{% if has_start %}
where (l._owner, l._target) > (:after, :after_target)
{% endif %}
order by l._owner, l._target
limit 1 offset :rows - 1
