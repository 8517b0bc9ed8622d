-- Chosen errors with all columns, from the oldest on, for a spreadsheet: a partner's value cannot become a formula.
{% from "chosen.jinja" import chosen %}
copy (
    select
        e.id, e.run, e.in_table, e.row_id, {{ "e.in_id" | spreadsheet_text }} as in_id,
        {{ "e.column_name" | spreadsheet_text }} as column_name, e.code,
        {{ "e.message" | spreadsheet_text }} as message,
        {{ "e.message_rus" | spreadsheet_text }} as message_rus,
        {{ "e.value" | spreadsheet_text }} as value, e.severity,
        e.created_at
    from {{ schema | ident }}.err e
    where {{ chosen(choice) }}
    order by e.run, e.id
) to stdout with (format csv, header, encoding 'UTF8')
