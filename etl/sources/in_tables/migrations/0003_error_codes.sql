-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Errors of a table or a code, the newest first, among millions; and, by skipping, which codes there are.
create index err_code on {{ schema | ident }}.err (in_table, code, run, id)
