-- Resets the statistics target for the rest of the transaction.
set local default_statistics_target to default
