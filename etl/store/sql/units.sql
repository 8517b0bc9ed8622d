-- Units of work, the newest first, or one of them; the imports of one store are several sources, in_tables and a name
-- of their own. `undone_by`: the unit that reverted it, if none reverted that one.
select u.number, u.source, u.kind, u.started_at, u.finished_at, u.receipt, (
    select max(d.as_run)
    from {{ schema | ident }}.undone_run d
    where d.run = u.number and not exists (select from {{ schema | ident }}.undone_run a where a.run = d.as_run)
) as undone_by
from {{ schema | ident }}.unit u
where (cast(:source as text) is null or left(u.source, char_length(:source)) = :source)
  and (cast(:number as bigint) is null or u.number = :number)
  and (cast(:before as bigint) is null or u.number < :before)
  and (cast(:begun_since as timestamp with time zone) is null or u.started_at >= :begun_since)
  and (cast(:begun_before as timestamp with time zone) is null or u.started_at < :begun_before)
order by u.number desc
limit :limit
