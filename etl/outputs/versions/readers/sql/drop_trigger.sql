-- A version without readers notes nothing.
drop trigger if exists etl_reader_{{ event }} on {{ out_schema | ident }}.{{ table | ident }}
