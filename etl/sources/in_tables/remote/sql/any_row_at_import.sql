-- Any one row, when none is claimed: to distinguish an emptied table from one whose rows were set ready again.
select {{ columns | each("cast(null as {0.catalog_type}), ") | join }}cast(null as tid), cast(null as xid)
from {{ in_schema | ident }}.{{ table | ident }}
limit 1
