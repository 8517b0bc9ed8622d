-- How many changes a partition has.
select count(*) as rows from {{ schema | ident }}.{{ name | ident }}
