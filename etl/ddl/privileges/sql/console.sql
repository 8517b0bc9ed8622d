-- The pages of the console read what the engine has made and will make in this database, and write nothing. For all its
-- new schemas: a version of the out_ tables comes with a schema of its own.
{% for schema in schemas %}
revoke all on all tables in schema {{ schema | ident }} from {{ role | ident }};
revoke all on schema {{ schema | ident }} from {{ role | ident }};
grant usage on schema {{ schema | ident }} to {{ role | ident }};
grant select on all tables in schema {{ schema | ident }} to {{ role | ident }};
grant select on all sequences in schema {{ schema | ident }} to {{ role | ident }};
{% endfor %}
alter default privileges for role {{ engine | ident }} grant usage on schemas to {{ role | ident }};
alter default privileges for role {{ engine | ident }} grant select on tables to {{ role | ident }};
alter default privileges for role {{ engine | ident }} grant select on sequences to {{ role | ident }};
{% if own %}
grant insert, update, delete on {{ own | ident }}.web_session, {{ own | ident }}.web_action_key to {{ role | ident }};
grant update (language) on {{ own | ident }}.web_user to {{ role | ident }};
grant insert, update (language) on {{ own | ident }}.web_proxy_user to {{ role | ident }};
grant insert on {{ own | ident }}.web_audit, {{ own | ident }}.web_audit_outcome to {{ role | ident }};
{% endif %}
