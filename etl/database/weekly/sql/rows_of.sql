-- How many rows a partition has.
select count(*) as rows from {{ schema | ident }}.{{ name | ident }}
