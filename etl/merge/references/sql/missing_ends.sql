-- See missing_instances, whose in_ rows are in another database.
{% from "missing.jinja" import missing %}
{{ missing(ends, store_schema, file_storage) }}
