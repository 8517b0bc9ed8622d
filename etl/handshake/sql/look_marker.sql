-- The marker row that counts: the one with the highest id (guide). Its dates are shown and decide nothing; what no
-- calendar but PostgreSQL's has (infinity, BC, year 10000) is left out, for it would stop the reader.
select
    id, load_status, ins_inkafka_status, occupied_by_process,
    case when oper_date between '0001-01-02' and '9999-12-30' then oper_date end as oper_date,
    case
        when periodic_update_time between '0001-01-02 00:00+00' and '9999-12-30 00:00+00' then periodic_update_time
    end as periodic_update_time
from {{ schema | ident }}.process_tracking
order by id desc
limit 1
