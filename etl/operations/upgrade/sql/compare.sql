-- Rows of both tables as of the position, and a digest that does not depend on their order.
{% from "follow.jinja" import is_before %}
select a.rows as source_rows, b.rows as target_rows, a.digest = b.digest as is_equal
from (
    select count(*) as rows, coalesce(sum(hashtextextended(cast(s as text), 0)), 0) as digest
    from {{ schema | ident }}.{{ source | ident }} s
    where {{ is_before("s", follow, number) }}
) a
cross join (
    select count(*) as rows, coalesce(sum(hashtextextended(cast(t as text), 0)), 0) as digest
    from {{ schema | ident }}.{{ target | ident }} t
    where {{ is_before("t", follow, number) }}
) b
