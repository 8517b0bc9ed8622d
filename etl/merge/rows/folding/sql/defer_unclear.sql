-- Leaves these rows to the next pass.
delete from stage s
using later t
where t._row = s._row
