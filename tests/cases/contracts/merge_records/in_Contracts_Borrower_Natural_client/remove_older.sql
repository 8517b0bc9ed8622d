-- A SINGLE field: removes the owner's links other than the one just written.
with gone as (
    delete from store_demo.link_Contracts_Borrower g
    using stage s
    where s.owner is not null and s.target is not null and g._owner = s.owner and g._target <> s.target
    returning
        g._owner, g._target, jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before,
        s._origin as origin
)
insert into store_demo.journal (run, bo, field, instance, target, change, before, origin)
select :run, :bo, :field, _owner, _target, 'unlinked', before, origin from gone