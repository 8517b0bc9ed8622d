-- Chosen errors with all columns, from the oldest on, for a spreadsheet.
{% from "chosen.jinja" import chosen %}
copy (
    select * from {{ schema | ident }}.err e where {{ chosen(choice) }} order by e.run, e.id
) to stdout with (format csv, header, encoding 'UTF8')
