-- Actions whose process says nothing any more: each gets an outcome, and its key may be sent again.
with lost as (
    delete from {{ schema | ident }}.web_action_key
    where result is null and alive_at < clock_timestamp() - make_interval(secs => :seconds)
    returning audit_id
)
insert into {{ schema | ident }}.web_audit_outcome (audit_id, outcome, detail, sentence)
select audit_id, 'failed', :detail, cast(:sentence as jsonb) from lost
on conflict (audit_id) do nothing
returning audit_id
