-- Without login and password: those are the administrator's to give.
{% for role in roles %}
create role {{ role | ident }} nologin;
{% if not is_open %}
grant connect on database {{ database | ident }} to {{ role | ident }};
{% endif %}
{% endfor %}
