-- Its next number is above all that are there; it never falls, as others may have taken numbers meanwhile.
select setval(t.name, greatest(cast(:highest as bigint), pg_sequence_last_value(t.name)))
from (select cast(:name as regclass) as name) t
