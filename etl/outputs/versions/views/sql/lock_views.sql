-- All views at once or none. The first may be waited for, since no other is locked yet; a reader that comes for it
-- meanwhile queues behind us and holds no view later in the order. The others are not waited for: a session that holds
-- one may wait for the first. Dropping a default that does not exist locks a view and changes nothing.
do $body$
begin
    perform set_config('lock_timeout', '{{ first_patience }}ms', true);
{% for view in views %}
    begin
        alter view {{ views_schema | ident }}.{{ view | ident }} alter column {{ columns[view] | ident }} drop default;
    exception when lock_not_available then
        raise exception 'the view {{ view }} is being read'
            using errcode = 'lock_not_available', table = {{ view | literal }};
    end;
{% if loop.first %}
    perform set_config('lock_timeout', '{{ next_patience }}ms', true);
{% endif %}
{% endfor %}
end
$body$
