-- Once for each action: what comes second changes nothing.
insert into {{ schema | ident }}.web_audit_outcome (audit_id, outcome, detail)
values (:audit_id, :outcome, left(:detail, 2000))
on conflict (audit_id) do nothing
