-- The recordIds of a batch, by the numbers of its records.
create temporary table kafka_given (
    number int not null,
    topic text collate "C" not null,
    record_id text collate "C" not null,
    digest bigint not null,
    partition int not null,
    record_offset bigint not null
) on commit drop
