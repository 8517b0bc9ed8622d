-- Chosen errors, a JSON object a line. JSON holds no control character, so with these marks nothing is quoted twice.
{% from "chosen.jinja" import chosen %}
copy (
    select to_jsonb(e) from {{ schema | ident }}.err e where {{ chosen(choice) }} order by e.run, e.id
) to stdout with (format csv, quote e'\x01', delimiter e'\x02', encoding 'UTF8')
