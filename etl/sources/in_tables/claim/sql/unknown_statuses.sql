-- Rows of in_ tables whose in_status no run writes or takes; another case or a blank makes it unknown. `number`: which
-- of the tables.
select *
from (
{% for table, is_link in tables %}
    (
        select {{ loop.index0 }} as number, cast(in_status as text) as in_status, count(*) as rows
        from {{ in_schema | ident }}.{{ table | ident }}
        where in_status is null or in_status not in ('', 'ON_WORK', 'DONE', 'ERROR'{{ ", 'WAITING'" if is_link }})
        group by 2
        order by rows desc, 2
        limit 20
    )
    {{ "union all" if not loop.last }}
{% endfor %}
) found
order by number, rows desc, in_status
