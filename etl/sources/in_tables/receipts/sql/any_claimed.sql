-- Whether a claimed row is left. A statement of its own, because one that only reads can run in parallel.
select 1 as found where exists (select 1 from {{ in_schema | ident }}.{{ table | ident }} where in_status = 'ON_WORK')
