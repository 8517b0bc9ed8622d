-- A link that other runs have removed since does not wait: after the run that ended its waiting had made it, whatever
-- their numbers; where that run made no link, those with higher numbers. The journal is read once.
delete from undo_ended e
using (
    select p.row_ctid
    from undo_pair p
    join {{ store_schema | ident }}.journal l
        on l.bo = p.bo and l.field = p.field and l.instance = p.owner and l.target = p.target
    cross join lateral (
        select l.change = 'unlinked'
            and l.run <> all(cast(:undone as bigint[]) || cast(:undos as bigint[])) as is_removed
    ) r
    group by p.row_ctid, p.owner, p.target, p.ended_by
    having coalesce(
        max(l.n) filter (where r.is_removed) > max(l.n) filter (where l.change = 'linked' and l.run = p.ended_by),
        bool_or(r.is_removed and l.run > p.ended_by)
    )
) s
where e.ctid = s.row_ctid
