-- SINGLE: a link that the batch gives and removes again has replaced the earlier links meanwhile.
with gone as (
    delete from store_demo.link_Contracts_Borrower g
    using (
        select a.owner, a.target, max(a._origin) as origin
        from stage a
        join stage r on r.owner = a.owner and r.target = a.target
        where r.removed and not a.removed and r.linked_at >= a.linked_at
        group by a.owner, a.target
    ) s
    where g._owner = s.owner and g._target <> s.target
    returning
        g._owner, g._target, jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before,
        s.origin
)
insert into store_demo.journal (run, bo, field, instance, target, change, before, origin)
select :run, :bo, :field, _owner, _target, 'unlinked', before, origin from gone