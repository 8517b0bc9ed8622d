-- kind: offline
-- oldest_writer: 3
-- oldest_reader: 1
-- Takes the place of a migration of the same number that another branch makes.
comment on table {{ schema | ident }}.store_fence is 'The run and fencing token that may write from an import in another database.'
