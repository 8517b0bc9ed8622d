-- To be copied to the store's database.
{% from "present_rows.jinja" import compare_rows %}
{{ compare_rows(in_schema) }}
