-- Faults of rows, and messages about them.
{% from "error_columns.jinja" import error_columns %}
create temporary table err (
    {{ error_columns() }},
    is_of_link_row boolean not null default false
) on commit drop
