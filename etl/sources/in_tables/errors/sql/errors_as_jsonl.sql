-- Chosen errors, a JSON object a line; ids are texts, as readers of JSON round large numbers. JSON holds no control
-- character, so with these marks nothing is quoted twice.
{% from "chosen.jinja" import chosen %}
copy (
    select to_jsonb(e) || jsonb_build_object(
        'id', cast(e.id as text), 'run', cast(e.run as text), 'row_id', cast(e.row_id as text)
    )
    from {{ schema | ident }}.err e where {{ chosen(choice) }} order by e.run, e.id
) to stdout with (format csv, quote e'\x01', delimiter e'\x02', encoding 'UTF8')
