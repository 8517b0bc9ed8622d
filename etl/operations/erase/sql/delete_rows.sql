-- The rows themselves go.
{% import "rows.jinja" as rows %}
delete from {{ schema | ident }}.{{ table | ident }} t where {{ rows[condition](v) }}
