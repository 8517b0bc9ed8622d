-- A table without a row that has an id and does not remove gives up nothing: it says that there was no hand-over rather
-- than that nothing is left.
select 1 as found
where exists (select from pg_temp.present where not removed and (in_id is not null or out_id is not null))
