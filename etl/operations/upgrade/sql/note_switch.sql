-- In the transaction of the switch. Both tables have what this snapshot sees, as no other transaction writes now; a
-- number was noted when the last rows were copied.
update {{ schema | ident }}.online_change o
set state = :state, {{ "position = pg_current_snapshot(), " if follow == "transaction" }}changed_at = clock_timestamp(),
    writer_before = case when :state = 'switched' then (
        select s.oldest_writer % {{ held_from }} from {{ schema | ident }}.etl_schema s where s.part = :part
    ) end
where o.name = :name
