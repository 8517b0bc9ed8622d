-- The links of a batch, all fields together. `owner` and `object` are objects of the batch by their numbers,
-- `link_table` is the staged table where a link goes, `record` its record. `is_set`: the links of one field of a record
-- are all that its owner has there.
create temporary table kafka_link (
    id bigint not null,
    record int not null,
    field int not null,
    link_table text not null,
    owner bigint not null,
    object bigint,
    target text collate "C",
    target_field text,
    target_value text collate "C",
    removed boolean not null,
    is_set boolean not null,
    is_end boolean not null,
    origin text not null
) on commit drop
