-- How many rows a table has, where the settings of the transaction leave nothing but reading it.
select count(*) as rows from {{ schema | ident }}.{{ table | ident }}
