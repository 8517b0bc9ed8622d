-- Links of the stage that do not exist yet.
{% from "new_links.jinja" import new_links, journal_created %}
with created as (
    {{ new_links(store_schema, golden_link, "stage") }}
)
{{ journal_created(store_schema) }}
