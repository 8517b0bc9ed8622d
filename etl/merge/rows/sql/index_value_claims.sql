-- A refused row may cause the refusal of others.
create index on value_claim (giver)
