-- One row per teller. What was over and is late again before the all-clear was told, is told of no more.
insert into {{ schema | ident }}.freshness_alert (kind, teller, since)
select :kind, teller, :since from unnest(cast(:tellers as text[])) t (teller)
on conflict (kind, teller) do update set over_at = null, attempts = 0, telling_until = null
where freshness_alert.over_at is not null
