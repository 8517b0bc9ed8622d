-- For statements whose plan must not depend on statistics, as these may be older than the newest rows. For the rest of
-- the transaction, or until it is reset.
select set_config(:name, :setting, true)
