-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Records of Kafka as a source. How far each partition has been merged is known here alone, and changes in the same
-- transaction as what was merged. `token` rises with each owner: the transaction of an earlier one finds no row.
-- `stopped`: why it is not read until an operator decides.
create table {{ schema | ident }}.kafka_position (
    topic varchar(249) collate "C" not null,
    partition int not null,
    topic_id text,
    next_offset bigint not null,
    token bigint not null default 0,
    owner text,
    taken_at timestamp with time zone,
    committed_at timestamp with time zone,
    last_timestamp timestamp with time zone,
    stopped text,
    primary key (topic, partition)
);
-- Which records have been merged, by the partner's recordId: a repetition is recognised while its row is here.
-- `digest`: of their content.
create table {{ schema | ident }}.kafka_record (
    topic varchar(249) collate "C" not null,
    record_id varchar(255) collate "C" not null,
    digest bigint not null,
    partition int not null,
    record_offset bigint not null,
    merged_at timestamp with time zone not null,
    primary key (topic, record_id)
);
-- Cleaning asks for the oldest; they lie in the order in which they were merged.
create index kafka_record_merged_at on {{ schema | ident }}.kafka_record using brin (merged_at);
-- References by an owner that is not there yet. Those of records have owners, so that nearly all have an empty
-- owner_in_id: the other indexes would be read from end to end for each owner that is looked up.
create index boi_reference_owner_in_id on {{ schema | ident }}.boi_reference (bo, field, target_bo, owner_in_id)
    where owner_in_id <> '';
-- Rejected messages that have still to be sent to the topic of errors, and those that were.
create table {{ schema | ident }}.kafka_dead_letter (
    id bigserial primary key,
    unit bigint not null,
    topic varchar(249) collate "C" not null,
    partition int not null,
    record_offset bigint not null,
    key bytea,
    value bytea,
    value_bytes int,
    recorded_at timestamp with time zone,
    code varchar(32) not null,
    message text not null,
    path text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    sent_at timestamp with time zone,
    resent_at timestamp with time zone
);
-- Asked for by the sender, in this order.
create index kafka_dead_letter_unsent on {{ schema | ident }}.kafka_dead_letter (id) where sent_at is null;
-- Of which message an error is, and where in its JSON; null in errors of other sources.
alter table {{ schema | ident }}.err
    add column topic varchar(249),
    add column partition int,
    add column record_offset bigint,
    add column path text;
-- For people.
comment on table {{ schema | ident }}.kafka_position is
    'How far the partitions of Kafka have been merged, and the fencing token that may merge on.';
-- For people.
comment on table {{ schema | ident }}.kafka_record is
    'Records of Kafka that were merged, by their recordId, for as long as repetitions are recognised.';
-- For people.
comment on table {{ schema | ident }}.kafka_dead_letter is
    'Rejected messages of Kafka: to be sent to the topic of errors, where sent_at is null.';
-- For people.
comment on column {{ schema | ident }}.err.path is
    'Where in the JSON of a record of Kafka the fault is; topic, partition and record_offset name its message.';
-- Outputs into topics. `step` rises with each transaction of Kafka; the record of progress, which is committed with the
-- records, has it too, so that the later of both is known. `place`: which server, database and journal the position is
-- of. `unfinished`: how far the changes between the position and a later snapshot are written. The journal is kept from
-- the position on. `token` rises with each owner.
create table {{ schema | ident }}.kafka_output (
    name varchar(40) collate "C" primary key,
    step bigint not null default 0,
    is_begun bool not null default false,
    journal_position pg_snapshot not null,
    place text not null,
    unfinished jsonb,
    token bigint not null default 0,
    owner text,
    heartbeat_at timestamp with time zone,
    registered_at timestamp with time zone not null default clock_timestamp(),
    followed_at timestamp with time zone not null default clock_timestamp(),
    records bigint not null default 0
);
-- Records that no topic took because of their size: the stub of each.
create table {{ schema | ident }}.kafka_unsent_record (
    output varchar(40) collate "C" not null,
    step bigint not null,
    bo varchar(63) not null,
    instance varchar(16) collate "C" not null,
    topic varchar(249) collate "C" not null,
    bytes bigint not null,
    message text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    primary key (output, step, bo, instance)
);
-- For people.
comment on table {{ schema | ident }}.kafka_output is
    'Outputs into topics of Kafka: which part of the journal each has written, and who writes.';
-- For people.
comment on table {{ schema | ident }}.kafka_unsent_record is
    'Changes that are in no topic, as their records were larger than it allows.'
