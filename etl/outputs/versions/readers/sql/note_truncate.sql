-- Of a truncate it is not known which rows left.
create or replace trigger etl_reader_truncate after truncate on {{ out_schema | ident }}.{{ table | ident }}
for each statement execute function {{ store_schema | ident }}.forget_reader_positions()
