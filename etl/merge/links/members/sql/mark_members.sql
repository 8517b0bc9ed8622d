-- The rows that are not moved to the table of a member.
insert into pg_temp.mark (id, in_status)
select h.id, case when h.fault is not null then 'ERROR' when h.removed or h.age > 1 then 'DONE' else 'WAITING' end
from hit h
where h.fault is not null or h.target is null
