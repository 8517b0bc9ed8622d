-- Since when the store has changes, and whether it still has the creation of one instance.
select
    (
        select u.started_at
        from (select run from {{ store_schema | ident }}.journal order by written_by limit 1) j
        join {{ store_schema | ident }}.unit u on u.number = j.run
    ) as kept_since,
    exists (
        select from {{ store_schema | ident }}.journal j
        where j.instance = :instance and j.bo = :bo and j.change = 'created'
    ) as is_complete
