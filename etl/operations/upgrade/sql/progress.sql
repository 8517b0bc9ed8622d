-- How far a change is; its speed is that since its beginning, pauses included.
select o.state, o.rows,
    cast(coalesce(round(100.0 * o.next_page / nullif(o.pages, 0), 1), 100) as float) as percent,
    case when o.state = 'filling' then cast(round(cast(o.rows / t.seconds as numeric)) as float) end as rows_per_second,
    case when o.state = 'filling' and o.next_page > 0
        then cast(round(cast(t.seconds * (o.pages - o.next_page) / o.next_page as numeric)) as float)
    end as seconds_left
from {{ schema | ident }}.online_change o
cross join lateral (
    select greatest(extract(epoch from o.changed_at - o.started_at), 0.001) as seconds
) t
where o.name = :name
