-- Whether a claimed row names its instance itself. Asked alone, because a statement that only reads is done by several
-- processes.
select 1 as found
where exists (
    select 1
    from {{ in_schema | ident }}.{{ in_table | ident }}
    where occupied_id = :run and in_status = 'ON_WORK' and out_id <> ''
)
