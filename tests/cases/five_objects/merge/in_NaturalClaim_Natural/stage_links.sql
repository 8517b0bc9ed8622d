-- A chunk's claimed link rows with both ends, found by the ends' external ids; a missing end is null, and if
-- its id is blank it can never arrive. With `more`, those that are still claimed beside those that are staged and
-- marked already.
create temporary table stage on commit drop as
select
    l.ctid as _source_row, l.xmin as _version,
    l.NaturalClaim_id as owner_in_id, l.Natural_id as target_value,
    coalesce(l.inserted_date, :started_at) as linked_at,
    coalesce(o._id, oa.instance) as owner, coalesce(t._id, ta.instance) as target,
    coalesce(l.removed, false) as removed,
    case
        when coalesce(o._id, oa.instance) is null and btrim(l.NaturalClaim_id, :blanks) = ''
        then cast(:owner_column as text)
        when coalesce(t._id, ta.instance) is null and btrim(l.Natural_id, :blanks) = ''
        then cast(:target_column as text)
    end as fault_column
from in_tables.in_NaturalClaim_Natural l
left join store_demo.bo_NaturalClaim o on o._in_id = l.NaturalClaim_id collate "C"
left join store_demo.bo_NaturalPerson t
    on t._in_id = l.Natural_id collate "C"
left join store_demo.alias oa on oa.bo = :bo and oa.in_id = l.NaturalClaim_id collate "C"
left join store_demo.alias ta
    on ta.bo = :target_bo and ta.in_id = l.Natural_id collate "C"
where l.in_status = 'ON_WORK' and l.ctid >= cast(:first as tid) and l.ctid < cast(:after as tid)