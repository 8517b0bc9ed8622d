-- The undo of a unit that the import does not know begins by the store's clock.
select clock_timestamp() as at
