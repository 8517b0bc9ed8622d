-- In one database nothing need be copied by the client.
insert into {{ in_schema | ident }}.comparison_row (in_table, in_id, difference)
select in_table, in_id, difference from pg_temp.difference
