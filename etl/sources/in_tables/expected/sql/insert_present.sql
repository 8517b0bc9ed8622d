-- In one database nothing need be copied by the client.
{% from "present_rows.jinja" import present_rows %}
insert into pg_temp.present (in_id, out_id, removed, hash)
{{ present_rows(in_schema, in_table) }}
