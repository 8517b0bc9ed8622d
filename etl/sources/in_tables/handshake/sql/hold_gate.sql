-- The first statement of every transaction: while it lives no new owner raises the fence, and once one did, there is no row.
select 1 from {{ schema | ident }}.relay_gate where run = :run and fence = :fence for share
