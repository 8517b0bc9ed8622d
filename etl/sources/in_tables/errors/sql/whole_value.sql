-- One value of an error's row, cut, and a digest of the whole row, by which a correction knows that it is as it was.
{% from "row_of.jinja" import is_row_of %}
select
    i.in_status,
    left(cast(i.{{ column | ident }} as text), :width) as text,
    coalesce(char_length(cast(i.{{ column | ident }} as text)), 0) as characters,
    encode(sha256(convert_to(cast(row(i.*) as text), 'UTF8')), 'hex') as digest
from {{ in_schema | ident }}.{{ table | ident }} i
where {{ is_row_of(link, key, has_row_id) }}
{% if for_update %}
for update
{% endif %}
