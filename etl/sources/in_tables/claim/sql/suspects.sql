-- See count_changes, which is asked where the rows are not.
{% from "suspects.jinja" import suspects %}
{{ suspects(in_schema, in_table, changes, unique) }}
