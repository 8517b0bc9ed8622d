-- How long ago a run began.
select extract(epoch from clock_timestamp() - started_at) as seconds from {{ schema | ident }}.run where id = :run
