-- The pair only ever rises. The same runner may open it again, when it does not know whether it did.
update {{ schema | ident }}.store_fence
set run = :run, fence = :fence
where (run, fence) <= (:run, :fence)
