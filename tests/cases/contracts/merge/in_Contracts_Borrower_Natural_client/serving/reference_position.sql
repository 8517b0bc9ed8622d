-- Since which transaction references and instances have not been looked up for each other (null: not known, or known on
-- another server, database or journal), and up to which the statements that follow look: all before it have ended.
select cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as until, (
    select cast(p.position as text)
    from store_demo.reference_position p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
      and p.place = (
        select concat_ws(' ', s.system_identifier, d.oid, coalesce(
            (
                select p.continues
                from store_demo.journal_succession p
                where p.relation = cast('store_demo.journal' as regclass)
            ),
            cast('store_demo.journal' as regclass)::oid
        ))
        from pg_control_system() s, pg_database d where d.datname = current_database()
    ) and p.position <= pg_snapshot_xmax(pg_current_snapshot())
) as since