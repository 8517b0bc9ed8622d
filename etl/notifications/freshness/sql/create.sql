-- Since when hand-overs are watched, and since when a hand-over is seen that no run has started to read.
create table if not exists {{ schema | ident }}.freshness (
    only_row bool primary key default true check (only_row),
    watched_since timestamp with time zone not null default clock_timestamp(),
    ready_since timestamp with time zone
);
-- Its one row.
insert into {{ schema | ident }}.freshness default values on conflict do nothing;
-- Before 0.1.0 these columns had other names.
do $$
begin
    if to_regclass('{{ schema | ident }}.freshness_alert') is not null and exists (
        select from pg_catalog.pg_attribute
        where attrelid = to_regclass('{{ schema | ident }}.freshness_alert') and attname = 'teller'
    ) then
        alter table {{ schema | ident }}.freshness_alert rename column teller to channel;
        alter table {{ schema | ident }}.freshness_alert rename column told_at to sent_at;
        alter table {{ schema | ident }}.freshness_alert rename column telling_until to sending_until;
    end if;
end
$$;
-- What is late or stalled now, and which channels were notified. A row exists from the alert until its all-clear was
-- sent; a runner that sends it owns it until sending_until, so that two runners do not send the same.
create table if not exists {{ schema | ident }}.freshness_alert (
    kind varchar(8) not null check (kind in ('late', 'stalled')),
    channel varchar(8) not null,
    since timestamp with time zone not null,
    raised_at timestamp with time zone not null default clock_timestamp(),
    sent_at timestamp with time zone,
    over_at timestamp with time zone,
    sending_until timestamp with time zone,
    attempts int not null default 0,
    primary key (kind, channel)
)
