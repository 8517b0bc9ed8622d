-- The highest number that the store has given, and the newest run of an import that it knows, 0 where there is none. An
-- undo is not asked for: the import may not have learned of it.
select n.last_number, coalesce(
    (
        select u.number
        from {{ schema | ident }}.unit u
        where u.source = :source and u.kind = 'run'
        order by u.number desc
        limit 1
    ),
    0
) as run
from {{ schema | ident }}.unit_number n
