-- Refusals are followed from row to row.
create index on wish (giver)
