{# The table and its indexes get another name, and another table and its own get theirs. #}
{% macro renamed(old, new) %}
-- In one transaction with the other renames.
alter table {{ schema | ident }}.{{ old | ident }} rename to {{ new | ident }};
{% for suffix in suffixes %}
-- With its index.
alter index if exists {{ schema | ident }}.{{ (old ~ "_" ~ suffix) | ident }}
    rename to {{ (new ~ "_" ~ suffix) | ident }};
{% endfor %}
{% endmacro %}
{{ renamed(table, former_name) -}}
{{ renamed(target, table) -}}
-- The numbers continue, whichever table is dropped later.
alter sequence {{ schema | ident }}.{{ (table ~ "_" ~ number ~ "_seq") | ident }}
    owned by {{ schema | ident }}.{{ table | ident }}.{{ number | ident }}
