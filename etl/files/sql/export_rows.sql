-- Every value as text, null unquoted and the empty text quoted: the reader knows the types, and what is null.
copy (
    select
{% for column in columns %}
        {{ column.sql }} as {{ column.name | ident }}{{ "," if not loop.last }}
{% endfor %}
    from {{ schema | ident }}.{{ table | ident }}
    {% if since_column %}
    where {{ since_column }} >= cast(:since as timestamp with time zone)
    {% endif %}
) to stdout (format csv{{ ", header" if has_header }})
