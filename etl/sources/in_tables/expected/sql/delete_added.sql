-- Of all rows only those that a full set has added were inserted at the moment of their claim (see add_rows). If they
-- stayed, a partner who writes one of these external ids again would meet `removed`, or the unique index.
with deleted as (
    delete from {{ in_schema | ident }}.{{ in_table | ident }}
    where occupied_id = :run and removed and inserted_date = occupied_at
    returning in_status
)
select count(*) filter (where in_status = 'ON_WORK') as unread from deleted
