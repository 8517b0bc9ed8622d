-- The pair only ever rises. The same process may raise it again, if it does not know whether its commit succeeded. Two
-- processes that are the first of their source wait for each other.
insert into {{ schema | ident }}.store_fence as f (source, unit, fence)
values (:source, :unit, :fence)
on conflict (source) do update
set unit = excluded.unit, fence = excluded.fence
where (f.unit, f.fence) <= (excluded.unit, excluded.fence)
