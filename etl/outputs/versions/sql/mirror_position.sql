-- Locked: two runners do not mirror the same.
select cast(position as text) as position, place, tables from {{ schema | ident }}.mirror for update
