-- Rows and digests of both sides: ids, state, and all values that are stored as they are written; of the others how
-- many there are, without files that have not come. What names a file as readers know it was translated before.
{% from "digest.jinja" import digest %}
{% macro side(expressions, counted, source, is_given) -%}
select
        count(*) as rows,
        {{ digest("cast(row(%s) as text)" | format(expressions | comma_list)) }} as digest
        {%- for column, is_file in counted %},
        count({{ column }})
            {%- if is_file and is_given %} filter (where exists (
            select from {{ store_schema | ident }}.file_alias a where a.file_id = {{ column }} collate "C"
        )){% endif %} as n_{{ loop.index }}{% endfor %}

    from {{ source }}
{%- endmacro %}
select f.rows as file_rows, s.rows as store_rows, cast(f.digest as text) as file_digest,
    cast(s.digest as text) as store_digest,
    {{ numbers | each("f.n_{0} = s.n_{0}") | all_of }} as has_translated
from (
    {{ side(given, counted, "pg_temp.%s" | format(rows | ident), true) }}
) f
cross join (
    {{ side(stored, counted, "%s.%s" | format(store_schema | ident, golden | ident), false) }}
) s
