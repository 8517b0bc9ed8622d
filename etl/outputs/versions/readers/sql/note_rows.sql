-- Notes which rows a statement has changed, for the readers of the version.
create or replace trigger etl_reader_{{ event }} after {{ event }} on {{ out_schema | ident }}.{{ table | ident }}
referencing {{ "old" if event == "delete" else "new" }} table as changed_rows
for each statement execute function {{ store_schema | ident }}.note_reader_change(
    {{ column_names | map('literal') | comma_list }}
)
