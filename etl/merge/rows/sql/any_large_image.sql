-- Whether an instance that changes has more text than one row of the journal takes; looked for only where the texts that
-- lie outside of their rows could be so many, as nothing packs tighter than 255 to 1.
{% from "image_bytes.jinja" import image_bytes %}
select 1 as found
from stage s
join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = s._known
where s._action in ({{ actions }}) and {{ image_bytes("o", long) }} > :max_image_bytes
  and (
      select pg_relation_size(c.reltoastrelid) > cast(:max_image_bytes as bigint) / 255
      from pg_class c
      where c.oid = cast('{{ store_schema | ident }}.{{ golden | ident }}' as regclass)
  )
limit 1
