-- A year is kept, and the last drill.
delete from {{ schema | ident }}.backup_record b
where b.taken_at < clock_timestamp() - interval '1 year'
  and b.drilled_at is distinct from (select max(d.drilled_at) from {{ schema | ident }}.backup_record d)
