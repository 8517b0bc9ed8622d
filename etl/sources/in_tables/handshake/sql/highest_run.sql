-- The highest number of a run here, 0 without any.
select coalesce(max(id), 0) as run from {{ schema | ident }}.run
