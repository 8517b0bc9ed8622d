-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Of objects whose metadata name `sourceTime`: of when the value of a field is.
alter table {{ schema | ident }}.field_owner add column source_time timestamp with time zone;
-- See above.
alter table {{ schema | ident }}.ended_field_owner add column source_time timestamp with time zone;
-- For people.
comment on table {{ schema | ident }}.field_owner is
    'Which source has written a field last, and of when the value is, of fields whose metadata name sources or a time.'
