-- Whether a table is far larger than a batch of this many rows: each of these is then found faster by an index than by
-- reading the table once, as two searches take as long as hashing seven rows twice. By its pages, for statistics may be
-- old: a page has about forty rows.
select pg_relation_size('{{ store_schema | ident }}.{{ golden | ident }}')
    > cast(:rows as bigint) * current_setting('block_size')::int / 6 as it_is
