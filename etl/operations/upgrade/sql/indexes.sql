-- Which of a table's indexes of ours are there (see the migrations), and on another table, with the statement that
-- makes it there.
select i.suffix, x.indexrelid is not null as is_there,
    to_regclass('{{ schema | ident }}.{{ target | ident }}_' || i.suffix) is not null as is_made,
    format(
        'create index if not exists %I on {{ schema | ident }}.{{ target | ident }}%s',
        {{ (target ~ "_") | literal }} || i.suffix, substring(pg_get_indexdef(x.indexrelid) from ' USING .*$')
    ) as statement
from unnest(cast(:suffixes as text[])) with ordinality i (suffix, place)
left join pg_catalog.pg_index x
    on x.indexrelid = to_regclass('{{ schema | ident }}.{{ source | ident }}_' || i.suffix)
order by i.place
