-- What is recorded of the parts in a schema, and which of them have tables there, recorded or not.
{% from "versions.jinja" import noted_rows %}
select
    {{ noted_rows(schema) }} as noted,
    array[
{% for table in tables %}
        to_regclass('{{ schema | ident }}.{{ table | ident }}') is not null{{ "," if not loop.last }}
{% endfor %}
    ] as are_there
