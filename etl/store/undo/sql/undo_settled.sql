-- A link that later runs have removed does not wait. The journal is read once.
delete from undo_ended e
using (
    select p.place
    from undo_pair p
    join {{ store_schema | ident }}.journal l
        on l.bo = p.bo and l.field = p.field and l.instance = p.owner and l.target = p.target
    where l.change = 'unlinked' and l.run > p.ended_by
      and l.run <> all(cast(:undone as bigint[])) and l.run <> all(cast(:undos as bigint[]))
) s
where e.ctid = s.place
