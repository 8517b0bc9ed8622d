-- Which ways there may be from a row of a staged table to its instance, and whether the golden table is far larger
-- than a batch of this many rows: each of these is then found faster by an index than by reading the table once. Where
-- in_id is the only way there is one search, which takes as long as hashing four rows; two searches take as long as
-- hashing seven rows twice. By its pages, for statistics may be old: a page has about forty rows.
{% set rows_of_pages = 6 if unique else 10 %}
select
    pg_relation_size('{{ store_schema | ident }}.{{ golden | ident }}')
        > cast(:rows as bigint) * current_setting('block_size')::int / {{ rows_of_pages }} as one_by_one,
    exists (select from pg_temp.{{ in_table | ident }} where out_id <> '') as has_out_ids,
    exists (select from {{ store_schema | ident }}.alias where bo = :bo) as has_aliases
