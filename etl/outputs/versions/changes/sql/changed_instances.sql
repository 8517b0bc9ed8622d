-- The instances of an object that units after one have changed, as far as the version has followed the journal. For the
-- collation see delete_instances.
select distinct j.instance collate "default" as system_id
from {{ store_schema | ident }}.journal j
where j.bo = :bo and j.field is null and j.run > :since
  and pg_visible_in_snapshot(j.written_by, cast(:position as pg_snapshot))
