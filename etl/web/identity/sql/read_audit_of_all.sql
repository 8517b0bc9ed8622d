-- The newest first, in pages: rows before an id; of all companies but the hidden ones, and of none.
select a.id, a.at, a.request_id, a.viewer, a.role, a.address, a.company, a.action, a.target,
    cast(a.parameters as text) as parameters, o.outcome, o.detail, o.sentence, o.at as ended_at
from {{ schema | ident }}.web_audit as a
left join {{ schema | ident }}.web_audit_outcome as o on o.audit_id = a.id
where a.id < :before and a.company <> all(cast(:hidden as varchar[]))
order by a.id desc
limit :limit
