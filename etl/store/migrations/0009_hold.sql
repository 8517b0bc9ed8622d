-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Where nothing new is begun, as an operator says: on one host, or with an empty `host` on all. `closed_at`: since when
-- no program writes at all.
create table {{ schema | ident }}.hold (
    host varchar(255) collate "C" primary key,
    reason text not null,
    held_by varchar(128) not null,
    since timestamp with time zone not null default clock_timestamp(),
    closed_at timestamp with time zone
);
-- For people.
comment on table {{ schema | ident }}.hold is
    'Hosts on which an operator lets no run, batch or output begin, empty for all of them; until etl release.'
