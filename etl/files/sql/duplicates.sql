-- Which lines bring a key that an earlier line or the table has; the first of them.
with lines as (
    select *, lag(_line) over (partition by {{ key | idents | comma_list }} order by _line) as _before
    from pg_temp.fill_stage
    where {{ key | idents | each("{0} is not null") | all_of }}
)
select l._line as line, concat_ws(', ', {{ key | idents("l") | comma_list }}) as value, l._before as before
from lines l
where l._before is not null
{% if not is_cleared %}
    or exists (
        select 1 from {{ schema | ident }}.{{ table | ident }} t
        where {{ key | idents | each("t.{0} = l.{0}") | all_of }}
    )
{% endif %}
order by l._line
limit :shown
