-- Locked, so that two runners do not copy the same changes.
select cast(position as text) as position, place, tables from {{ schema | ident }}.mirror for update
