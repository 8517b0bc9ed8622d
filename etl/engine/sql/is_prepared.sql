-- One look: whether marker and our own tables are there, and what is recorded of them. The view comes last.
{% from "versions.jinja" import noted_rows %}
select
    to_regclass('{{ schema | ident }}.process_tracking') is not null
        and to_regclass('{{ schema | ident }}.why_not') is not null as prepared,
{% for schema_name, tables in tables_of.items() %}
    {{ noted_rows(schema_name) }} as noted_{{ loop.index0 }},
    array[
{% for table in tables %}
        to_regclass('{{ schema_name | ident }}.{{ table | ident }}') is not null{{ "," if not loop.last }}
{% endfor %}
    ] as are_there_{{ loop.index0 }}{{ "," if not loop.last }}
{% endfor %}
