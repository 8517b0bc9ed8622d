-- An ended batch, sync or pin, or the undo of one: those of in_ tables are recorded in the import.
select source
from {{ schema | ident }}.unit
where number = :number and finished_at is not null
  and (kind in ('batch', 'sync', 'pin') or kind = 'undo' and left(source, 9) <> 'in_tables')
