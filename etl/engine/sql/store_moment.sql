-- The highest number that the store has given, and the newest run of an import that it knows, 0 where there is none: of
-- those above the import's own only what is a run, since the import may not have learned of an undo.
select n.last_number, case
    when f.unit > :run then coalesce(
        (
            select max(u.number)
            from {{ schema | ident }}.unit u
            where u.number > :run and u.source = :source and u.kind = 'run'
        ),
        0
    )
    else coalesce(f.unit, 0)
end as run
from {{ schema | ident }}.unit_number n
left join {{ schema | ident }}.store_fence f on f.source = :source
