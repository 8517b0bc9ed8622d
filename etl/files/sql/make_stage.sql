-- The file's rows with their lines, for this transaction only.
create temporary table fill_stage on commit drop as
select cast(null as bigint) as _line{% for column in columns %}, {{ column | ident }}{% endfor %}

from {{ schema | ident }}.{{ table | ident }}
with no data
