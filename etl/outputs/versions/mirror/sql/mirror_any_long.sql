-- Whether any value must be copied in slices. Reads all rows, so it runs only where there may be such a value.
{% from "long_values.jinja" import may_be_longer %}
{% from "window.jinja" import window %}
{% from "mirror.jinja" import changed %}
select 1 as found
from {{ schema | ident }}.{{ golden | ident }} g
where {{ changed(schema, is_link, is_all, window) }}
  and {{ may_be_longer(schema, golden, inline_bytes) }}
  and {{ long | map(attribute="name") | idents("g") | each("octet_length({0}) > " ~ inline_bytes) | any_of }}
limit 1
