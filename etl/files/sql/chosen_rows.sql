-- As export_rows, of chosen rows: `chosen` is a query of ids. Of those that are not in the table only the id is there.
copy (
    select
        r._removed,
{% for column in columns %}
        {{ column.sql }} as {{ column.name | ident }}{{ "," if not loop.last }}
{% endfor %}
    from (
        select o.system_id is null as _removed, c.system_id
{%- for column in columns if column.name != "system_id" %}, o.{{ column.name | ident }}{% endfor %}

        from ({{ chosen }}) c
        left join {{ schema | ident }}.{{ table | ident }} o on o.system_id = c.system_id
    ) r
) to stdout (format csv)
