-- kind: offline
-- oldest_writer: 1
-- oldest_reader: 1
-- A name that says what it is, and a comment. Programs from before migrations were recorded read `position` before they
-- write here or clean the journal, so they end before they write.
alter table {{ schema | ident }}.out_version rename column position to journal_position;
-- For people.
comment on table {{ schema | ident }}.out_version is
    'The versions of the out_ tables: which part of the journal each has followed, and which one readers see.'
