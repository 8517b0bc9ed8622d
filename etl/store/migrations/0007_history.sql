-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- All changes of one instance, its links among them. Rows of one statement come nearly in the order of their instances,
-- so that entries are added page by page: a first load takes a twentieth longer for it.
create index journal_instance on {{ schema | ident }}.journal (instance) where change <> 'touched';
-- Links that led to an instance and do so no more; those that still do are asked for in the link's own table.
create index journal_target on {{ schema | ident }}.journal (target) where change = 'unlinked';
-- Errors of a table or a code, the newest first, among millions; and, by skipping, which codes there are.
create index err_code on {{ schema | ident }}.err (in_table, code, run, id);
-- Whether a later run has rejected the same row again is asked by its external id.
create index err_in_id on {{ schema | ident }}.err (in_table, in_id)
