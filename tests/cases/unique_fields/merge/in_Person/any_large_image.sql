-- Whether a changed instance has more text than one row of the journal holds; checked only where the texts stored
-- outside of their rows could be that long, as no compression exceeds 255 to 1.
select 1 as found
from stage s
join store_demo.bo_Person o on o._id = s._known
where s._action in ('changed') and (cast(0 as bigint) + coalesce(octet_length(o.email), 0)
        + coalesce(octet_length(o.Passport), 0)) > :max_image_bytes
  and (
      select pg_relation_size(c.reltoastrelid) > cast(:max_image_bytes as bigint) / 255
      from pg_class c
      where c.oid = cast('store_demo.bo_Person' as regclass)
  )
limit 1