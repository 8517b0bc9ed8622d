-- Rows of tasks of earlier runs, which are over: all but runs of other imports that have not ended.
with ended as (
    select t.run
    from (
        select run from {{ store_schema | ident }}.remote_task
        union
        select run from {{ store_schema | ident }}.remote_mark
        union
        select run from {{ store_schema | ident }}.remote_err
    ) t
    left join {{ store_schema | ident }}.unit u on u.number = t.run
    where t.run < :run and (u.number is null or u.closed_by is not null)
),
marks as (delete from {{ store_schema | ident }}.remote_mark where run in (select run from ended)),
errors as (delete from {{ store_schema | ident }}.remote_err where run in (select run from ended))
delete from {{ store_schema | ident }}.remote_task where run in (select run from ended)
