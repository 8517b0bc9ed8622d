-- Rows that were changed or deleted between staging and marking; what is still claimed is staged again.
-- Here none was: marked rows are no longer claimed, and the others wait for the next pass.
update pg_temp.in_Person i
set in_status = null
from stage s
where i._source_row = s._source_row
