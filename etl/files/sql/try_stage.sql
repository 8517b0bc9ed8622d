-- Refuses of one row what the in_ table refuses; that two rows have one key is not asked here.
create temporary table fill_stage_tried (
    like {{ schema | ident }}.{{ table | ident }} including constraints including defaults
) on commit drop;
-- Columns that the file does not fill have the defaults of the in_ table.
insert into pg_temp.fill_stage_tried ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from pg_temp.fill_stage;
