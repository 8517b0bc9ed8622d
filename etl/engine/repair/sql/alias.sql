-- Which instance a further external id names, and the unit that gave it.
select instance, run from {{ store_schema | ident }}.alias where bo = :bo and in_id = :in_id
