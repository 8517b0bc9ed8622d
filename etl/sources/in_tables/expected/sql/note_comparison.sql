-- Also of a comparison that finds nothing: else a partner could not see that there was one.
insert into {{ in_schema | ident }}.comparison
    (in_table, run, compared_at, given, missing, extra, different)
values (:in_table, :run, clock_timestamp(), :given, :missing, :extra, :different)
on conflict (in_table) do update set
    run = excluded.run, compared_at = excluded.compared_at, given = excluded.given, missing = excluded.missing,
    extra = excluded.extra, different = excluded.different
