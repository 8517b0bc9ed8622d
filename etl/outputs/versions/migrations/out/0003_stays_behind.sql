-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Why a version did not follow, and since when; over once it has followed after that.
alter table {{ schema | ident }}.out_version
    add column stays_behind text,
    add column stays_behind_since timestamp with time zone;
-- For people.
comment on column {{ schema | ident }}.out_version.stays_behind is
    'why it has not followed since stays_behind_since; no longer so where followed_at is later';
