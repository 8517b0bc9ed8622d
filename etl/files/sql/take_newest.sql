-- Of rows with one key the last in the file, which takes the place of the table's. A row without a key is its own.
{% set has_no_key = key | idents | each("{0} is null") | any_of if key else "true" %}
{% set same_key = (key | idents) + ["case when %s then _line end" | format(has_no_key)] %}
insert into {{ schema | ident }}.{{ table | ident }} ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from (
    select distinct on ({{ same_key | comma_list }}) *
    from pg_temp.fill_stage
    order by {{ same_key | comma_list }}, _line desc
) newest
order by _line
{% if key %}
on conflict ({{ key | idents | comma_list }}) do update set
    {{ ((columns | reject("in", key) | idents | each("{0} = excluded.{0}"))
        + (reset | each("{0[0]} = {0[1]}"))) | comma_list }}
{% endif %}
