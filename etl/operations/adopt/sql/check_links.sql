-- What is wrong with links that a merge would settle: links that are there twice, and further links of a SINGLE field.
{% from "faults.jinja" import repeated, bad_id, first_faults %}
with fault as (
    {{ repeated(rows, ends, owner) }}
{% if is_single %}
    union all
    {{ repeated(rows, [owner], owner) }}
{% endif %}
{% if member %}
    union all
    select _line, {{ member | literal }},
        'is none of the objects that the field leads to: ' || array_to_string(cast(:codes as text[]), ', ')
    from pg_temp.{{ rows | ident }}
    where {{ member | ident }} <> all(cast(:codes as text[]))
{% endif %}
)
{{ first_faults() }}
