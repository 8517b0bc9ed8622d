-- A field that other runs have given another value since no longer waits for its file: after the run that ended
-- its waiting had changed it, whatever their numbers; where that run did not, those with higher numbers.
-- The journal is read once.
delete from undo_ended e
using (
    select w.ctid as row_ctid
    from undo_ended w
    join {{ store_schema | ident }}.journal l
        on l.bo = w.bo and l.instance = w.instance and l.field is null and jsonb_exists(l.before, w.field)
    cross join lateral (
        select l.run <> all(cast(:undone as bigint[])) and l.run <> all(cast(:undos as bigint[])) as is_given
    ) r
    group by w.ctid, w.ended_by
    having coalesce(
        max(l.n) filter (where r.is_given) > max(l.n) filter (where l.run = w.ended_by),
        bool_or(r.is_given and l.run > w.ended_by)
    )
) s
where e.ctid = s.row_ctid
