-- Units with old numbers of which the journal has no row any more: the oldest row that it has is of a transaction after
-- the unit's last one. Where a unit never ended its rows are looked for.
delete from {{ schema | ident }}.unit
where number = any(array(
    select u.number
    from {{ schema | ident }}.unit u
    left join lateral (select written_by from {{ schema | ident }}.journal order by written_by limit 1) oldest on true
    where u.number < :before
      and (
          oldest.written_by is null
          or u.closed_by < oldest.written_by
          or u.closed_by is null and not exists (select from {{ schema | ident }}.journal j where j.run = u.number)
      )
    order by u.number
    limit :limit
))
