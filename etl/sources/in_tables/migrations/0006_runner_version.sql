-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Which version of etl a runner has, so that an upgrade can name those of another one.
alter table {{ schema | ident }}.runner add column version varchar(63);
-- For people.
comment on column {{ schema | ident }}.runner.version is 'The version of etl; empty for programs that did not note it.'
