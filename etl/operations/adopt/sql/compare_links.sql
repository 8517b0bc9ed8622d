-- Rows and digests of both sides.
{% macro digest(owner, target, code) -%}
coalesce(sum(cast(cast(
        'x' || left(md5(concat_ws(' ', {{ owner }}, {{ target }}, {{ code }})), 16) as bit(64)
    ) as bigint)), 0)
{%- endmacro %}
select f.rows as file_rows, s.rows as store_rows, cast(f.digest as text) as file_digest,
    cast(s.digest as text) as store_digest, true as has_translated
from (
    select count(*) as rows, {{ digest("r.%s" | format(owner | ident), "r.%s" | format(target | ident),
        "r.%s" | format(member | ident) if member else "cast(:code as text)") }} as digest
    from pg_temp.{{ rows | ident }} r
) f
cross join (
    select count(*) as rows, {{ digest("g._owner", "g._target", "g._target_bo") }} as digest
    from {{ store_schema | ident }}.{{ golden | ident }} g
) s
