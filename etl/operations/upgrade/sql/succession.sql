-- Which relation the journal continues, itself where it was the first one, and the one that takes its place.
{% from "journal_id.jinja" import first_journal %}
select cast({{ first_journal(schema) }} as bigint) as continues,
    cast(cast('{{ schema | ident }}.{{ target | ident }}' as regclass)::oid as bigint) as relation
