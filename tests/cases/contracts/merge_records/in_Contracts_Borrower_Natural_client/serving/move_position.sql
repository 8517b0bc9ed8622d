-- What was looked up need not be again, once this transaction commits. Skipped where another transaction does the same:
-- then it is looked up once more, and no session waits.
update store_demo.reference_position
set place = (
        select concat_ws(' ', s.system_identifier, d.oid, coalesce(
            (
                select p.continues
                from store_demo.journal_succession p
                where p.relation = cast('store_demo.journal' as regclass)
            ),
            cast('store_demo.journal' as regclass)::oid
        ))
        from pg_control_system() s, pg_database d where d.datname = current_database()
    ),
    position = case
        when cast(:unserved_since as xid8) is null then cast(:served_until as xid8)
        else greatest(position, cast(:served_until as xid8))
    end
where ctid = any(array(
    select p.ctid
    from store_demo.reference_position p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
    for update skip locked
))