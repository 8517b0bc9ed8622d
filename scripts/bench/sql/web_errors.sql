-- The errors of all runs, in the order of the runs, in the table err of the schema that is searched. Six of ten are of
-- clients, three of addresses, one is of a link; each run rejects the same rows again, and one of twenty is a warning.
insert into err (
    id, run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity, created_at
)
select
    f.id + t.n, b.number, t.name, case when t.name <> 'in_Client_Address' then t.i end,
    case when t.name = 'in_Address' then 'A' else 'C' end || t.i, t.col, t.code,
    'the value of ' || t.col || ' is none of those that the column may have',
    'значение ' || t.col || ' не из тех, которые бывают в столбце',
    case when t.name = 'in_Client_Address' then 'Z' || t.i / 60 else 'value ' || t.n end,
    case when t.n % 20 = 7 then 'warning' else 'error' end, b.at + interval '5 minutes'
from public.bench_run b
cross join lateral (
    select 1000 + coalesce(sum(e.errors), 0) as id from public.bench_run e where e.k < b.k
) f
cross join lateral (
    select
        n,
        case when n % 10 < 6 then 'in_Client' when n % 10 < 9 then 'in_Address' else 'in_Client_Address' end as name,
        case
            when n % 10 < 6 then 1 + (cast(n as bigint) * 15 - 1) % %(rows)s
            when n % 10 < 9 then 1 + cast(n as bigint) * 15 % %(rows)s
            else 1 + (cast(n as bigint) * 20 - 1) % %(rows)s
        end as i,
        (array['Balance', 'Credit_limit', 'Born_at', 'Vip', 'Name', 'Surname'])[1 + n % 6] as col,
        (cast(%(codes)s as text[]))[1 + n % cast(%(code_count)s as int)] as code
    from generate_series(1, cast(b.errors as int)) n
) t
order by b.k, t.n
