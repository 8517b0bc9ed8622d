-- Whether the store has none of what a file brings.
select {% for one in tables %}{{ " and " if not loop.first }}not exists (
    select from {{ store_schema | ident }}.{{ one | ident }}
){% endfor %}{% if has_ids %} and not exists (
    select from {{ store_schema | ident }}.alias where bo = :bo
){% endif %} as is_empty
