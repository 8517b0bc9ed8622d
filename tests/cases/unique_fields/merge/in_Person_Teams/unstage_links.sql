-- As unstage_rows.
delete from stage s
where not exists (
    select 1
    from in_tables.in_Person_Teams l
    where l.Person_id = s.owner_in_id and l.Teams_id = s.target_value
      and l.in_status <> 'ON_WORK' and l.xmin = cast(pg_current_xact_id() as xid)
)