-- What the engine adds to the schema later can be read at once, without another grant.
revoke all on all tables in schema {{ schema | ident }} from {{ role | ident }};
revoke all on schema {{ schema | ident }} from {{ role | ident }};
grant usage on schema {{ schema | ident }} to {{ role | ident }};
grant select on all tables in schema {{ schema | ident }} to {{ role | ident }};
alter default privileges for role {{ engine | ident }} in schema {{ schema | ident }}
{#- A statement is one line: the script is taken apart by lines. #} grant select on tables to {{ role | ident }};
