-- The view keeps its identity, and with it grants and dependent views.
create or replace view {{ views_schema | ident }}.{{ view | ident }} as
select {{ expressions | comma_list }}
from {{ out_schema | ident }}.{{ view | ident }}
