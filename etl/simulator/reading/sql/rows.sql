-- All rows of one table, to compare them with the copy.
select array[{{ columns | idents("o") | comma_list }}]::text[] as ids, md5(o::text) as digest
from {{ out_schema | ident }}.{{ table | ident }} o
