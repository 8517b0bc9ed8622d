-- Rejects the rows of a chunk that ended its runners, or rows that the server refuses. Only ids and ends are read: any
-- other value may be what breaks a reader.
{% from "chunk.jinja" import claimed, links_within %}
with refused as (
    update {{ in_schema | ident }}.{{ in_table | ident }} i
    set in_status = 'ERROR'
{% if link %}
    where i.in_status = 'ON_WORK'{{ links_within(chunk, "i") }}
    returning cast(null as bigint) as row_id, i.{{ link.owner_column | ident }} as in_id,
        i.{{ link.target_column | ident }} as value
{% else %}
    where {{ claimed(chunk) }}
    returning i.id as row_id, i.in_id, cast(null as text) as value
{% endif %}
)
insert into {{ in_schema | ident }}.err (run, in_table, row_id, in_id, code, message, message_rus, value, severity)
select :run, :in_table, r.row_id, r.in_id, s.code, replace(s.sentence ->> 0, '{reason}', :reason),
    replace(s.sentence ->> 1, '{reason}', :reason), r.value, 'error'
from refused r
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = :code
