-- See count_ended, which runs in the store's database.
{% from "link_suspects.jinja" import link_suspects %}
{{ link_suspects(in_schema, in_table, owner_column, target_column, replaces, has_removed) }}
