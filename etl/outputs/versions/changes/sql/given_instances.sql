-- Instances by their ids, which another database has found.
select unnest(cast(:ids as text[])) as system_id
