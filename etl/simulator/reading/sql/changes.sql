-- What the delivery has of one table; rows that have left have no digest.
select array[{{ columns | idents("c") | comma_list }}]::text[] as ids, c.position, c.is_removed,
    md5(o::text) as digest
from {{ reader_schema | ident }}.{{ view | ident }} c
left join {{ out_schema | ident }}.{{ table | ident }} o
    on {% for one in columns %}{{ " and " if not loop.first }}o.{{ one | ident }} = c.{{ one | ident }}{% endfor %}

where c.reader = :reader
