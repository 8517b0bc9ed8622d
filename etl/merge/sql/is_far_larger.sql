-- Whether a table has far more rows than a batch, so that each of these is found faster by an index than by reading the
-- whole table once. By its pages, as statistics may be old: a page has some forty rows.
select pg_relation_size('{{ store_schema | ident }}.{{ golden | ident }}')
    > cast(:rows as bigint) * current_setting('block_size')::int / 10 as it_is
