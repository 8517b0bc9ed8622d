-- To be copied to the store's database.
{% from "present_rows.jinja" import present_rows %}
{{ present_rows(in_schema, in_table) }}
