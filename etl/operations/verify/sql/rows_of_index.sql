-- How many rows an index of these columns leads to, where the settings of the transaction leave nothing but an index.
select count(*) as rows from (
    select from {{ schema | ident }}.{{ table | ident }} order by {{ columns | idents | comma_list }} offset 0
) t
