-- The day's copies of in_ tables that are there (vendor's guide, in_migration.copy_table_info).
create or replace view {{ schema | ident }}.copy_table_info as
select c.copy_table as copy_table_name, c.in_table as in_table_name, c.run as run_id, c.rows as row_count, c.copied_at
from {{ in_schema | ident }}.copy_table_info c
