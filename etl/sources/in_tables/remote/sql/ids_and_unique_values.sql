-- The ids and unique values that tell which claimed rows depend on each other. An index holds no longer unique value.
{% from "chunk.jinja" import claimed %}
select i.id, i.in_id, i.out_id, i.removed{% for column in unique_columns %},
    {{
        "case when octet_length(i.%s) <= 2000 then i.%s end" | format(column.name | ident, column.name | ident)
        if column.catalog_type == "text" else "i." ~ (column.name | ident)
    }}{% endfor %}

from {{ in_schema | ident }}.{{ table | ident }} i
where {{ claimed(chunk) }}
