-- The last number of the sequence that was given to a row.
select coalesce(
    pg_sequence_last_value('{{ schema | ident }}.{{ (table ~ "_" ~ number ~ "_seq") | ident }}'), 0
) as number
