-- What rows are marked with so far; they are still locked where they came from. When the merge is over, also what was
-- marked where it stands. In the order of their places there, so that page after page is written.
select place, version{{ marked | map(attribute="name") | idents | each(", {0}") | join }}

from pg_temp.mark
{% if is_over %}
union all
select _place, _version{{ marked | map(attribute="name") | idents | each(", {0}") | join }}

from pg_temp.{{ table | ident }}
where _place is not null and {{ "uploaded" if kind == "files" else "in_status <> 'ON_WORK'" }}
{% endif %}
order by 1
