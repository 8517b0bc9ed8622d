-- Whether an id of a row that the pass before has left leads to an instance now, though not by this transaction:
-- another source has made the instance, or has given it the id, between the passes.
select count(*) as rows
from later l
join stage s on s._row = l._row and not s._is_weak
left join store_demo.bo_Person b on b._id = s._known and b._in_id = s._in_id
left join store_demo.alias a on a.bo = :bo and a.in_id = s._in_id and a.instance = s._known
where coalesce(b.xmin, a.xmin) <> cast(pg_current_xact_id() as xid)