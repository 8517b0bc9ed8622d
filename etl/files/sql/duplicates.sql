-- Which lines bring a key that an earlier line or the table has; the first of them.
with lines as (
    select *, lag(_line) over (partition by {% for column in key %}{{ column | ident }}{{ ", " if not loop.last }}{% endfor %} order by _line) as _before
    from pg_temp.fill_stage
    where {% for column in key %}{{ column | ident }} is not null{{ " and " if not loop.last }}{% endfor %}

)
select l._line as line, concat_ws(', ', {% for column in key %}l.{{ column | ident }}{{ ", " if not loop.last }}{% endfor %}) as value, l._before as before
from lines l
where l._before is not null
{% if not is_cleared %}
    or exists (
        select 1 from {{ schema | ident }}.{{ table | ident }} t
        where {% for column in key %}t.{{ column | ident }} = l.{{ column | ident }}{{ " and " if not loop.last }}{% endfor %}

    )
{% endif %}
order by l._line
limit :shown
