-- Which source has written a field of the instance last, of fields whose metadata name sources.
select field, source, run as unit
from {{ store_schema | ident }}.field_owner
where bo = :bo and instance = :instance and field = any(cast(:fields as text[]))
order by field
