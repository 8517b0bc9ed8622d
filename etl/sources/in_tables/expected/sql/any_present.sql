-- An empty table removes nothing: it says that there was no hand-over rather than that nothing is left.
select 1 as found where exists (select from pg_temp.present where not removed)
