-- Which source has written a field of the instance last, and of when the value is, of fields whose metadata name
-- sources or a time; and who has said its state.
select field, source, {{ "source_time" if has_times else "null" }} as time, run as unit
from {{ store_schema | ident }}.field_owner
where bo = :bo and instance = :instance and field = any(cast(:fields as text[]))
order by field
