-- What the role of a reader needs beside select on the out_ tables.
do $$
begin
    grant usage on schema {{ reader_schema | ident }} to {{ role | ident }};
    grant select on all tables in schema {{ reader_schema | ident }} to {{ role | ident }};
    grant execute on all functions in schema {{ reader_schema | ident }} to {{ role | ident }};
end
$$
