-- The pair only ever rises. The same runner may raise it again, if it does not know whether its commit succeeded.
update {{ schema | ident }}.store_fence
set run = :run, fence = :fence
where (run, fence) <= (:run, :fence)
