-- Leaves these rows to the next pass, and notes them.
{% from "later.jinja" import later %}
with left_out as (
    delete from stage s
    using ({{ later(unique) }}) t
    where t._row = s._row
    returning s._row
)
insert into later
select _row from left_out
