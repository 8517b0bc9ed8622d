-- Claimed rows that no task has marked (a stopped run, or rows that the partner set to ON_WORK) are ready again. Only
-- rows of this run count: it never claimed the others.
with claimed as (
    select ctid as row_ctid{% if has_run_id %}, occupied_id = :run as is_ours{% else %}, true as is_ours{% endif %}

    from {{ in_schema | ident }}.{{ table | ident }}
    where in_status = 'ON_WORK'
),
freed as (
    update {{ in_schema | ident }}.{{ table | ident }} i
    set in_status = ''{% if has_run_id %}, occupied_id = null, occupied_at = null{% endif %}

    from claimed c
    where i.ctid = c.row_ctid
    returning c.is_ours
)
select count(*) filter (where is_ours) as rows from freed
