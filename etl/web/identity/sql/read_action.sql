-- One action of a viewer, with its outcome, if it has ended.
select a.id, a.at, a.action, a.target, a.viewer, o.outcome, o.detail, o.sentence, o.at as ended_at, k.result
from {{ schema | ident }}.web_audit as a
left join {{ schema | ident }}.web_audit_outcome as o on o.audit_id = a.id
left join {{ schema | ident }}.web_action_key as k on k.audit_id = a.id
where a.id = :id and a.company = :company
