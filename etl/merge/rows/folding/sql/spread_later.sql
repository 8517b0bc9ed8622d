-- Rows behind those that wait, as far as they touch the same: repeated until no further row is found.
insert into later (_row)
select distinct t._row
from (select t.key, min(t._row) as _row from later l join touched t on t._row = l._row group by t.key) f
join touched t on t.key = f.key and t._row > f._row
where t._row not in (select _row from later)
