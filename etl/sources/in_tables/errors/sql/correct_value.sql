-- One value of a rejected row; with an empty status the row is ready again.
{% from "row_of.jinja" import is_row_of %}
update {{ in_schema | ident }}.{{ table | ident }} i
set {{ column | ident }} = :text{{ ", in_status = ''" if offers }}
where {{ is_row_of(link, key, has_row_id) }} and i.in_status = 'ERROR'
