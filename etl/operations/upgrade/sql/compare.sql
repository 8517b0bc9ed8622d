-- Rows of both tables as of the position, and a digest that does not depend on their order.
select a.rows as source_rows, b.rows as target_rows, a.digest = b.digest as is_equal
from (
    select count(*) as rows, coalesce(sum(hashtextextended(cast(s as text), 0)), 0) as digest
    from {{ schema | ident }}.{{ source | ident }} s
    where pg_visible_in_snapshot(s.written_by, cast(:position as pg_snapshot))
) a
cross join (
    select count(*) as rows, coalesce(sum(hashtextextended(cast(t as text), 0)), 0) as digest
    from {{ schema | ident }}.{{ target | ident }} t
    where pg_visible_in_snapshot(t.written_by, cast(:position as pg_snapshot))
) b
