-- Any one row, when none is claimed: so that an emptied table can be distinguished from one whose rows were taken back.
select {{ columns | each("cast(null as {0.catalog_type}), ") | join }}cast(null as tid), cast(null as xid)
from {{ in_schema | ident }}.{{ table | ident }}
limit 1
