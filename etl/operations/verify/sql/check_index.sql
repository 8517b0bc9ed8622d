-- The order of an index, and that every row of its table is in it.
select {{ amcheck | ident }}.bt_index_check(cast(cast(:index as bigint) as oid)::regclass, true)
