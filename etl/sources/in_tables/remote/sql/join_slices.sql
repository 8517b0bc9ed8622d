-- Slices become values again; one that was cut is made too long again, so that it is refused for its length.
{% set text = "convert_from(string_agg(part, cast('' as bytea) order by n), 'UTF8')" %}
update pg_temp.{{ table | ident }} r
set {{ column.name | ident }} = w.value
from (
    select source_row,
{% if column.catalog_type == "text" %}
        case when min(n) < 0 then rpad({{ text }}, :max_value_bytes + 1, '.') else {{ text }} end as value
{% else %}
        string_agg(part, cast('' as bytea) order by n) as value
{% endif %}
    from pg_temp.slice
    where ordinal = :ordinal
    group by source_row
) w
where r._source_row = w.source_row
