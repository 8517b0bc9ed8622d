-- Whether an instance of either object is known by another external id than its own.
select 1 as found where exists (select 1 from store_demo.alias where bo in (:bo, :target_bo))