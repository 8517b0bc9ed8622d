-- Which instances the objects of a batch are, for its links, and whether they are new. Without an index: all of them
-- are read, once a field.
create temporary table if not exists kafka_instance (
    id bigint not null,
    instance text collate "C" not null,
    is_new boolean not null
) on commit drop
