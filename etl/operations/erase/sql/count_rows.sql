-- How many rows of a table hold values of the person.
{% import "rows.jinja" as rows %}
select count(*) as rows from {{ schema | ident }}.{{ table | ident }} t where {{ rows[condition](v) }}
