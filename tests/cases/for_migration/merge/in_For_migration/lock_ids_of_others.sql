-- Waits for transactions of other sources that create instances of the object, and lets none do so until this one ends:
-- an external id is the own one of an instance or a further one of another, and no index covers both.
select pg_advisory_xact_lock(hashtextextended(:ids_of || creators.name, 0))
from (
    select source as name from store_demo.store_fence where source <> :source
    union all
    select cast(:staged_sources as text)
    order by name
) creators