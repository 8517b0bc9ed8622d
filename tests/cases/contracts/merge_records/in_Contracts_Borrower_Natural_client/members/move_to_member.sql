-- The links to one member; the merge of its table does the rest.
insert into pg_temp.in_table (id, owner, owner_in_id, target, removed, _origin)
select h.id, nullif(h.owner, ''), nullif(h.owner_in_id, ''), h.target, h.removed, h._origin
from hit h
where h.fault is null and h.target_bo = 'Member'