-- The runs of the import that the store has given no number, as far as they are kept.
select count(*) as number, min(started_at) as first_at from {{ schema | ident }}.run where id > :after
