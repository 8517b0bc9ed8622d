-- A source that has no fence yet waits for transactions that have locked all sources: see lock_sources.
select pg_advisory_xact_lock(hashtextextended(:sources, 0))
where not exists (select from {{ schema | ident }}.store_fence where source = :source)
