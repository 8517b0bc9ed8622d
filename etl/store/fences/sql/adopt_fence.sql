-- The only fence of earlier versions had no source. An import that has none of its own yet takes it, whether or not its
-- token is the higher one: raise_store_fence decides then.
update {{ schema | ident }}.store_fence
set source = :source
where source = 'in_tables' and not exists (select from {{ schema | ident }}.store_fence where source = :source)
  and left(:source, 10) = 'in_tables '
