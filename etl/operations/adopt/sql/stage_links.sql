-- The links of one part of the owners to one member, as the merge reads links of a source.
insert into pg_temp.{{ staged | ident }} (id, owner, target, _origin)
select r._line, r.{{ owner | ident }}, r.{{ target | ident }}, :origin || r._line
from pg_temp.{{ rows | ident }} r
where (hashtext(r.{{ owner | ident }}) & 2147483647) % :parts = :part
{% if member %}
  and r.{{ member | ident }} = :code
{% endif %}
