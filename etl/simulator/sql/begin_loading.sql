-- Way 2: while the newest row says "loading", no run starts. A row that an earlier, broken-off load left is used again.
insert into {{ schema | ident }}.process_tracking (oper_date, start_load_time, load_status)
select current_date, now(), 0
where not exists (
    select from {{ schema | ident }}.process_tracking
    where load_status = 0 and ins_inkafka_status = 0
      and id = (select max(id) from {{ schema | ident }}.process_tracking)
)
