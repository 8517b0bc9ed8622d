-- The rows that this task leaves to its next pass: no id leads to an instance.
create temporary table later (_row bigint not null) on commit drop
