-- Links of the stage that are not there yet.
{% from "new_links.jinja" import new_links, told %}
with created as (
    {{ new_links(store_schema, golden_link, "stage") }}
)
{{ told(store_schema) }}
