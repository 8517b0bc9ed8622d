-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Links that led to an instance and do so no more; those that still do are asked for in the link's own table.
create index journal_target on {{ schema | ident }}.journal (target) where change = 'unlinked';
-- Errors of a table or a code, the newest first, among millions; and, by skipping, which codes there are.
create index err_code on {{ schema | ident }}.err (in_table, code, run, id);
-- Whether a later run has rejected the same row again is asked by its external id.
create index err_in_id on {{ schema | ident }}.err (in_table, in_id)
