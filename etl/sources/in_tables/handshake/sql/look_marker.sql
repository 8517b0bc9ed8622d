-- The marker row that counts: the one with the highest id (vendor's guide). Its dates are shown and decide nothing;
-- dates that Python cannot read (infinity, BC, year 10000) are left out. `same_id`: rows with this id, more than one
-- only where the primary key is gone. `is_ahead`: the id was written by hand, and the sequence
-- will give lower ones; `overlooked`: such a lower row that was handed over.
select
    m.id, m.load_status, m.ins_inkafka_status, m.occupied_by_process,
    case when m.oper_date between '0001-01-02' and '9999-12-30' then m.oper_date end as oper_date,
    case
        when m.periodic_update_time between '0001-01-02 00:00+00' and '9999-12-30 00:00+00' then m.periodic_update_time
    end as periodic_update_time,
    (select count(*) from {{ schema | ident }}.process_tracking o where o.id is not distinct from m.id) as same_id,
    (
        select max(o.id)
        from {{ schema | ident }}.process_tracking o
        where o.id <= g.last and o.load_status = 1 and coalesce(o.ins_inkafka_status, 0) = 0 and m.id > g.last
    ) as overlooked,
    coalesce(m.id > g.last, false) as is_ahead
from {{ schema | ident }}.process_tracking m
cross join lateral (
    -- Null if the sequence has given no number yet.
    select
        case when sequence is not null then coalesce(pg_sequence_last_value(cast(sequence as regclass)), 0) end as last
    from pg_get_serial_sequence('{{ schema | ident }}.process_tracking', 'id') sequence
) g
order by m.id desc
limit 1
