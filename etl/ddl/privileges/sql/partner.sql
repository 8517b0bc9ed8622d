-- In a schema in use all privileges are revoked first, so that the script is complete, independent of earlier grants.
-- Neither triggers nor references: both would run a partner's code with our privileges. The marker is cleared by
-- `delete`, which waits for no reader; in_ tables may also be truncated, since after the signal the run needs nothing
-- more from them.
{% if not is_fresh %}
alter default privileges in schema {{ schema | ident }} revoke all on tables from {{ role | ident }};
revoke all on all tables in schema {{ schema | ident }} from {{ role | ident }};
revoke all on all sequences in schema {{ schema | ident }} from {{ role | ident }};
revoke all on schema {{ schema | ident }} from {{ role | ident }};
{% endif %}
grant usage on schema {{ schema | ident }} to {{ role | ident }};
{# A statement is one line: the script is taken apart by lines. #}
{% for one in tables %}
{% set columns = one.columns | join(", ") %}
{% set rows = "select, insert (%s), update (%s), delete" | format(columns, columns) %}
{% set table = (schema | ident) ~ "." ~ (one.table | ident) %}
grant {{ rows }}{{ ", truncate" if one.may_truncate }} on {{ table }} to {{ role | ident }};
{% if one.has_sequence %}
grant usage on sequence {{ schema | ident }}.{{ one.sequence | ident }} to {{ role | ident }};
{% endif %}
{% endfor %}
{% for name in read %}
grant select on {{ schema | ident }}.{{ name | ident }} to {{ role | ident }};
{% endfor %}
