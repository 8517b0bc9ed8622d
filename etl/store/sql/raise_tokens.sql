-- No process that has a token may write any more, not even a frozen one: the next owner gets a higher token.
update {{ schema | ident }}.store_fence set fence = fence + 1;
-- Partitions of topics have no owner; the next one reads on at the same record.
update {{ schema | ident }}.kafka_position set token = token + 1, owner = null;
-- Outputs have no leader.
update {{ schema | ident }}.kafka_output set token = token + 1, owner = null
