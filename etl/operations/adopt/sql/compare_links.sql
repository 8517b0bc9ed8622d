-- Rows and digests of both sides.
{% from "digest.jinja" import digest %}
{% macro ends(owner, target, code) -%}
{{ digest("concat_ws(' ', %s, %s, %s)" | format(owner, target, code)) }}
{%- endmacro %}
select f.rows as file_rows, s.rows as store_rows, cast(f.digest as text) as file_digest,
    cast(s.digest as text) as store_digest, true as has_translated
from (
    select count(*) as rows, {{ ends("r.%s" | format(owner | ident), "r.%s" | format(target | ident),
        "r.%s" | format(member | ident) if member else "cast(:code as text)") }} as digest
    from pg_temp.{{ rows | ident }} r
) f
cross join (
    select count(*) as rows, {{ ends("g._owner", "g._target", "g._target_bo") }} as digest
    from {{ store_schema | ident }}.{{ golden | ident }} g
) s
