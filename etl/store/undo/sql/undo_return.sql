-- Restores it as it was.
insert into {{ store_schema | ident }}.{{ table | ident }}
    ({{ columns | join(", ") }}{{ ", restored_by" if waits_for_links }})
select {{ columns | join(", ") }}{{ ", :as_run" if waits_for_links }} from undo_ended
