-- The role is no reader of the version any more.
do $$
begin
    revoke all on schema {{ reader_schema | ident }} from {{ role | ident }};
    revoke all on all tables in schema {{ reader_schema | ident }} from {{ role | ident }};
    revoke all on all functions in schema {{ reader_schema | ident }} from {{ role | ident }};
end
$$
