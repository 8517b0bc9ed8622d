-- See count_changes, which runs in the store's database.
{% from "suspects.jinja" import suspects %}
{{ suspects(in_schema, in_table, changes, unique) }}
