-- Whether an instance that changes has more text than one row of the journal takes; looked for only where the texts that
-- lie outside of their rows could be so many, as nothing packs tighter than 255 to 1.
select 1 as found
from stage s
join store_demo.bo_For_migration o on o._id = s._known
where s._action in ('changed') and (cast(0 as bigint) + coalesce(octet_length(o.mig2), 0)) > :max_image_bytes
  and (
      select pg_relation_size(c.reltoastrelid) > cast(:max_image_bytes as bigint) / 255
      from pg_class c
      where c.oid = cast('store_demo.bo_For_migration' as regclass)
  )
limit 1