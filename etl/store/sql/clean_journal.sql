-- The oldest part of the journal, as far as it is of old runs and every out_ version and every output has read it:
-- changes of transactions that a position does not see as over are still to be read. Only the first rows are looked at,
-- however long the journal is. `table`: the journal, or of one with partitions that which is cleaned row by row.
delete from {{ schema | ident }}.{{ table | ident }}
where ctid = any(array(
    select j.row_ctid
    from (
        select ctid as row_ctid, run, written_by
        from {{ schema | ident }}.{{ table | ident }}
        order by written_by
        limit :limit
    ) j
    where j.run < :before
      and not exists (
          select 1 from {{ schema | ident }}.out_version v where j.written_by >= pg_snapshot_xmin(v.journal_position)
      )
      and not exists (
          select 1 from {{ schema | ident }}.kafka_output o where j.written_by >= pg_snapshot_xmin(o.journal_position)
      )
))
