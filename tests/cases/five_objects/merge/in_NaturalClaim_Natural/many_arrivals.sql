-- Whether more instances arrived than the threshold from which reading whole tables is faster.
select 1 as found
from store_demo.journal
where written_by >= cast(:unserved_since as xid8) and field is null and change in ('created', 'returned')
offset 10000
limit 1