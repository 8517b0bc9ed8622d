-- For the rest of the transaction, whatever it was begun with.
set local default_statistics_target to default
