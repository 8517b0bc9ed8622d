-- Once for each action: what comes second changes nothing.
insert into {{ schema | ident }}.web_audit_outcome (audit_id, outcome, detail, sentence)
values (:audit_id, :outcome, left(:detail, 2000), cast(:sentence as jsonb))
on conflict (audit_id) do nothing
