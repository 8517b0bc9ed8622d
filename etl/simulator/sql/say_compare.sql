-- What an earlier comparison has left.
delete from {{ schema | ident }}.process_compare where in_table = :table;
-- The ids and hashes of now.
insert into {{ schema | ident }}.process_compare (in_table, in_id, hash)
select :table, pair ->> 0, pair ->> 1
from jsonb_array_elements(cast(:given as jsonb)) pair;
-- The next hand-over compares them.
insert into {{ schema | ident }}.process_expected (in_table, compare) values (:table, true)
