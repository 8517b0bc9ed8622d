-- Whether a changed instance has more text than one row of the journal holds; checked only where the texts stored
-- outside of their rows could be that long, as no compression exceeds 255 to 1.
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
