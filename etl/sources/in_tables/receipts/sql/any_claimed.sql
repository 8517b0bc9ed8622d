-- Whether a row was left. Asked alone, because a statement that only reads is done by several processes.
select 1 as found where exists (select 1 from {{ in_schema | ident }}.{{ table | ident }} where in_status = 'ON_WORK')
