-- Refusals are followed from row to row.
create index on value_claim (giver)
