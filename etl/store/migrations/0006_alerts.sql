-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- What is wrong with topics and outputs, one row each, from its beginning until all have been notified of its end.
-- `unsent`: channels that have still to be notified, of the beginning or, where `over_at` is set, of the end.
-- `notified`: those that were notified of the beginning. No other process sends it before `sending_until`.
create table {{ schema | ident }}.alert (
    kind varchar(40) collate "C" not null,
    subject varchar(300) collate "C" not null,
    message text not null,
    since timestamp with time zone not null default clock_timestamp(),
    over_at timestamp with time zone,
    unsent text[] not null,
    notified text[] not null default '{}',
    attempts int not null default 0,
    sending_until timestamp with time zone,
    primary key (kind, subject)
);
-- For people.
comment on table {{ schema | ident }}.alert is
    'What is wrong with topics and outputs now, since when, and which hooks have still to be notified.';
