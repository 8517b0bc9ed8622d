-- Before the action is done, and committed: a process that is killed leaves its trace.
insert into {{ schema | ident }}.web_audit
    (request_id, viewer, role, address, company, action, target, parameters)
values (
    :request_id, left(:viewer, 200), :role, :address, :company, :action, left(:target, 500), cast(:parameters as jsonb)
)
returning id
