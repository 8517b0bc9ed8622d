-- One row per channel. An alert that ended and begins again before its all-clear was sent is not sent again.
insert into {{ schema | ident }}.freshness_alert (kind, channel, since)
select :kind, channel, :since from unnest(cast(:channels as text[])) t (channel)
on conflict (kind, channel) do update set over_at = null, attempts = 0, sending_until = null
where freshness_alert.over_at is not null
