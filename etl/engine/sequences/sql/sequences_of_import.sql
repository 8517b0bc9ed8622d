-- The sequences of the import's own tables, with the last number that each has given and the highest that a row has. Of
-- err it is that of its newest run, which an index knows whatever the key is.
select s.table_name, 'id' as column_name, s.sequence_name, s.highest,
    coalesce(pg_sequence_last_value(cast(s.sequence_name as regclass)), 0) as last_value
from (
    select 'task', pg_get_serial_sequence('{{ schema | ident }}.task', 'id'),
        (select max(t.id) from {{ schema | ident }}.task t)
    union all
    select 'err', pg_get_serial_sequence('{{ schema | ident }}.err', 'id'),
        (
            select e.id from {{ schema | ident }}.err e
            order by e.run desc, e.id desc
            limit 1
        )
) s (table_name, sequence_name, highest)
where s.sequence_name is not null and s.highest is not null
