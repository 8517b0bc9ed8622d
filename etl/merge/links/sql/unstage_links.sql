-- As unstage_rows.
delete from stage s
where not exists (
    select 1
    from {{ in_schema | ident }}.{{ in_table | ident }} l
    where l.{{ owner_column | ident }} = s.owner_in_id and l.{{ target_column | ident }} = s.target_value
      and l.in_status <> 'ON_WORK' and l.xmin = cast(pg_current_xact_id() as xid)
)
