-- By which number the journal is known, and that of the table that takes its place.
{% from "journal_id.jinja" import journal_number %}
select cast({{ journal_number(schema) }} as bigint) as known_as,
    cast(cast('{{ schema | ident }}.{{ target | ident }}' as regclass)::oid as bigint) as relation
