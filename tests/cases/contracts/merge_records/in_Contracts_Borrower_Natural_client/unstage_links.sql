-- As unstage_rows.
delete from stage s
where not exists (
    select 1
    from pg_temp.in_Contracts_Borrower_Natural_client l
    where l.Contracts_id = s.owner_in_id and l.Borrower_id = s.target_value
      and l.in_status <> 'ON_WORK' and l.xmin = cast(pg_current_xact_id() as xid)
)