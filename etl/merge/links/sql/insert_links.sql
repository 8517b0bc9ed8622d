-- Links of the stage that do not exist yet.
{% from "new_links.jinja" import fresh_links, new_links, journal_created with context %}
with fresh as (
    {{ fresh_links(store_schema, golden_link, "stage") }}
),
created as (
    {{ new_links(store_schema, golden_link) }}
)
{{ journal_created(store_schema) }}
