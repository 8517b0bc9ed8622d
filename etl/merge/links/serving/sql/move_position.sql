-- What was looked up need not be again, once this transaction commits. Skipped where another transaction does the same:
-- then it is looked up once more, and no session waits.
{% from "journal_id.jinja" import journal_id %}
update {{ store_schema | ident }}.reference_position
set place = {{ journal_id(store_schema) }},
    position = case
        when cast(:unserved_since as xid8) is null then cast(:served_until as xid8)
        else greatest(position, cast(:served_until as xid8))
    end
where ctid = any(array(
    select p.ctid
    from {{ store_schema | ident }}.reference_position p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
    for update skip locked
))
