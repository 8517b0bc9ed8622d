-- The list of copies. The row of a copy that was dropped by hand is updated.
insert into {{ in_schema | ident }}.copy_table_info (copy_table, in_table, run, rows)
values (:copy, :table, :run, :rows)
on conflict (copy_table) do update
set run = excluded.run, rows = excluded.rows, copied_at = excluded.copied_at
