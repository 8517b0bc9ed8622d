-- Since when hand-overs are watched, and since when the one that nobody has begun to read is seen.
create table if not exists {{ schema | ident }}.freshness (
    only_row bool primary key default true check (only_row),
    watched_since timestamp with time zone not null default clock_timestamp(),
    ready_since timestamp with time zone
);
-- Its one row.
insert into {{ schema | ident }}.freshness default values on conflict do nothing;
-- What is late or stalled now, and who was told. A row is there from the alert until its all-clear was told; a runner
-- that tells has it until telling_until, so that two runners do not tell the same.
create table if not exists {{ schema | ident }}.freshness_alert (
    kind varchar(8) not null check (kind in ('late', 'stalled')),
    teller varchar(8) not null,
    since timestamp with time zone not null,
    raised_at timestamp with time zone not null default clock_timestamp(),
    told_at timestamp with time zone,
    over_at timestamp with time zone,
    telling_until timestamp with time zone,
    attempts int not null default 0,
    primary key (kind, teller)
)
