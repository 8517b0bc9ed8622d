-- Units with old numbers of which the journal has no row any more: the oldest row that it has is of a transaction after
-- the unit's last one. Where a unit never ended its rows are looked for. Batches are many and small: their receipts are
-- kept summed up by the hour.
with deleted as (
    delete from {{ schema | ident }}.unit
    where number = any(array(
        select u.number
        from {{ schema | ident }}.unit u
        left join lateral (
            select written_by from {{ schema | ident }}.journal order by written_by limit 1
        ) oldest on true
        where u.number < :before
          and (
              oldest.written_by is null
              or u.closed_by < oldest.written_by
              or u.closed_by is null and not exists (select from {{ schema | ident }}.journal j where j.run = u.number)
          )
        order by u.number
        limit :limit
    ))
    returning source, kind, started_at, receipt
),
summed as (
    insert into {{ schema | ident }}.batch_hour as h (source, hour, name, counter, amount)
{% from "batch_hours.jinja" import batch_hours %}
    {{ batch_hours("deleted") }}
    order by source, hour, name, counter
    on conflict (source, hour, name, counter) do update
    set amount = h.amount + excluded.amount
)
select count(*) as units from deleted
