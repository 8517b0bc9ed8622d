-- The oldest part of the journal, as far as it is of old runs and every out_ version has followed it: what a version's
-- position does not see as over is still to come for it. Only the first rows by number are looked at, however long the
-- journal is, and rows that stay are not locked.
delete from {{ schema | ident }}.journal
where ctid = any(array(
    select j.ctid
    from {{ schema | ident }}.journal j
    where j.n <= (select max(n) from (select n from {{ schema | ident }}.journal order by n limit :limit) oldest)
      and j.run < :before
      and not exists (
          select 1 from {{ schema | ident }}.out_version v where j.written_by >= pg_snapshot_xmin(v.position)
      )
    for update skip locked
))
