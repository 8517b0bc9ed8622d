-- kind: offline
-- oldest_writer: 1
-- oldest_reader: 1
-- Names that say what they are, and a comment on each table. Programs from before migrations were recorded find no `marker`
-- in `run`, which is what they read first, so they end before they write.
alter table {{ schema | ident }}.run rename column marker to marker_id;
-- See above.
alter table {{ schema | ident }}.task rename column strikes to crash_count;
-- Made by the first watch for late hand-overs, so it may be missing: since when hand-overs are watched, and since when the
-- oldest unread one is known.
create table if not exists {{ schema | ident }}.freshness (
    only_row bool primary key default true check (only_row),
    watched_since timestamp with time zone not null default clock_timestamp(),
    ready_since timestamp with time zone
);
-- What is late or stalled now, and who was notified; it comes with the table freshness. A row is there from the alert until
-- its all-clear was sent; a runner that sends it has it until sending_until, so that two runners do not send the same.
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
);
-- Where it was there, its columns may have their older names.
do $$
begin
    if exists (
        select from pg_catalog.pg_attribute
        where attrelid = to_regclass('{{ schema | ident }}.freshness_alert') and attname = 'teller'
    ) then
        alter table {{ schema | ident }}.freshness_alert rename column teller to channel;
        alter table {{ schema | ident }}.freshness_alert rename column told_at to sent_at;
        alter table {{ schema | ident }}.freshness_alert rename column telling_until to sending_until;
    end if;
end
$$;
-- See above.
comment on table {{ schema | ident }}.run is
    'Every run of the engine on this schema, also undos: who owns it, its fencing token, how it ended.';
-- See above.
comment on table {{ schema | ident }}.run_fence is
    'The highest fencing token of a run; tasks hold this row while they write.';
-- See above.
comment on table {{ schema | ident }}.runner is
    'The runners of each run: its owner, and the helpers that joined it.';
-- See above.
comment on table {{ schema | ident }}.task is
    'The tasks of each run: what is to be done, who does it, and what came of it.';
-- See above.
comment on table {{ schema | ident }}.err is
    'What was rejected or noticed in the partner''s rows, one row per fault; `etl errors codes` explains the codes.';
-- See above.
comment on table {{ schema | ident }}.migration_receipt is
    'What became of the partner''s rows, table by table, for each run.';
-- See above.
comment on table {{ schema | ident }}.copy_table_info is
    'The daily copies of in_ tables that exist, and of which run they are.';
-- See above.
comment on table {{ schema | ident }}.freshness is
    'Since when hand-overs are watched, and since when one waits to be read.';
-- See above.
comment on table {{ schema | ident }}.freshness_alert is
    'Hand-overs that are late or stalled now, and which hook was notified of it.'
