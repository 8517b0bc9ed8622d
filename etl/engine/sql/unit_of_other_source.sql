-- An ended batch, sync, pin or repair, or the undo of one: those of in_ tables are recorded in the import. And an
-- erasure, which is refused.
select source, kind = 'erasure' as is_erasure
from {{ schema | ident }}.unit
where number = :number and finished_at is not null
  and (kind in ('batch', 'sync', 'pin', 'repair', 'erasure') or kind = 'undo' and left(source, 9) <> 'in_tables')
