-- When the run began, by the database's clock; a later owner uses the same time.
select started_at from {{ schema | ident }}.run where id = :run
