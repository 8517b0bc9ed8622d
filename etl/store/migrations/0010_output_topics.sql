-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Topic -> id when its first record was written, and the topics that were made again since: what was in them before is
-- gone, so that the output stops until a recovery has written all.
alter table {{ schema | ident }}.kafka_output
    add column topic_ids jsonb not null default '{}',
    add column recreated_topics jsonb not null default '[]';
-- For people.
comment on column {{ schema | ident }}.kafka_output.recreated_topics is
    'Topics that were made again, for which the output waits until etl kafka recover has written all into them.'
