-- What runs began that are taken back waits, or means something, no longer; an undo of the undo needs it.
with gone as (
    delete from {{ store_schema | ident }}.{{ table | ident }} t
    where t.run = any(cast(:undone as bigint[]))
    returning {{ columns | join(", ") }}
)
insert into {{ store_schema | ident }}.{{ ended | ident }} ({{ columns | join(", ") }}, ended_by)
select {{ columns | join(", ") }}, :as_run from gone
