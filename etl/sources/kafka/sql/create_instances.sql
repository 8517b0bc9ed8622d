-- Which instances the objects of a batch are, for its links.
create temporary table if not exists kafka_instance (
    id bigint primary key,
    instance text collate "C" not null
) on commit drop
