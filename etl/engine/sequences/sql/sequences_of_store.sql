-- The sequences of the store's own tables, with the last number that each has given and the highest that a row has. No
-- index knows that of the journal: it is looked for among the newest changes.
select s.table_name, s.column_name, s.sequence_name, s.highest,
    coalesce(pg_sequence_last_value(cast(s.sequence_name as regclass)), 0) as last_value
from (
    select 'journal', 'n', pg_get_serial_sequence('{{ schema | ident }}.journal', 'n'),
        (
            select max(j.n)
            from (
                select n from {{ schema | ident }}.journal
                order by written_by desc
                limit 1000
            ) j
        )
    union all
    select 'kafka_dead_letter', 'id', pg_get_serial_sequence('{{ schema | ident }}.kafka_dead_letter', 'id'),
        (select max(d.id) from {{ schema | ident }}.kafka_dead_letter d)
) s (table_name, column_name, sequence_name, highest)
where s.sequence_name is not null and s.highest is not null
