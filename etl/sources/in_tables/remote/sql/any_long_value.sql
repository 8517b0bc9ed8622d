-- Whether any value must be copied in slices. Reads all rows, so it runs only where there may be such a value.
{% from "long_values.jinja" import may_be_longer %}
{% from "row_of_task.jinja" import is_row_of_task %}
select 1 as found
from {{ in_schema | ident }}.{{ table | ident }} i
where {{ is_row_of_task(kind, chunk) }}
  and {{ may_be_longer(in_schema, table, inline_bytes) }}
  and {{ long | map(attribute="name") | idents("i") | each("octet_length({0}) > " ~ inline_bytes) | any_of }}
limit 1
