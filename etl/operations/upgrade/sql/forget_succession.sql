-- The table that takes its place comes next.
delete from {{ schema | ident }}.journal_succession
