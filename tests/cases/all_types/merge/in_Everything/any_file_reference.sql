-- Whether fields wait for files.
select 1 as found
from store_demo.file_reference
limit 1