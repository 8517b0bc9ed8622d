-- Whether a claimed row has an out_id. A statement of its own, because one that only reads can run in parallel.
select 1 as found
where exists (
    select 1
    from {{ in_schema | ident }}.{{ in_table | ident }}
    where occupied_id = :run and in_status = 'ON_WORK' and out_id <> ''
)
