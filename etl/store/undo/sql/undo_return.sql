-- Restores it as it was.
insert into {{ store_schema | ident }}.{{ table | ident }}
    ({{ columns | comma_list }}{{ ", restored_by" if waits_for_links }})
select {{ columns | comma_list }}{{ ", :as_run" if waits_for_links }} from undo_ended
