-- All views at once or none. The first may be waited for, since nothing else is held yet; who comes for it meanwhile
-- stands behind us and holds nothing that comes later in the order. For the others nobody is waited for: whoever has one
-- may stand in the queue for the first. To drop a default that is not there locks a view and changes nothing.
do $body$
begin
    perform set_config('lock_timeout', '{{ first_patience }}ms', true);
{% for view in views %}
    begin
        alter view {{ views_schema | ident }}.{{ view | ident }} alter column {{ columns[view] | ident }} drop default;
    exception when lock_not_available then
        raise exception 'the view {{ view }} is being read' using errcode = 'lock_not_available';
    end;
{% if loop.first %}
    perform set_config('lock_timeout', '{{ next_patience }}ms', true);
{% endif %}
{% endfor %}
end
$body$
