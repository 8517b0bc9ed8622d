-- In the transaction of the switch. Both tables have what this snapshot sees, as no other transaction writes now.
update {{ schema | ident }}.online_change o
set state = :state, position = pg_current_snapshot(), changed_at = clock_timestamp(),
    writer_before = case when :state = 'switched' then (
        select s.oldest_writer % {{ held_from }} from {{ schema | ident }}.etl_schema s where s.part = :part
    ) end
where o.name = :name
