-- Weeks from that of the oldest unit, but not before :weeks_back, to :weeks_ahead, each with the numbers that units get
-- who begin in it (see next_unit.jinja).
select {{ (table ~ "_") | literal }} || to_char(w.at, 'YYYYMMDD') as name, n.first_unit, n.after_unit
from (
    select coalesce(min({{ number | ident }}), 9223372036854775807) as oldest
    from {{ schema | ident }}.{{ units | ident }}
    where {{ number | ident }} > 0
) u
cross join lateral generate_series(
    date_trunc('week', greatest(
        least(to_timestamp((u.oldest >> 20) / 1000.0), clock_timestamp()),
        clock_timestamp() - make_interval(weeks => :weeks_back)
    )),
    clock_timestamp() + make_interval(weeks => :weeks_ahead),
    interval '7 days'
) w (at)
cross join lateral (
    select cast(extract(epoch from w.at) as bigint) * 1000 << 20 as first_unit,
        cast(extract(epoch from w.at + interval '7 days') as bigint) * 1000 << 20 as after_unit
) n
order by w.at
