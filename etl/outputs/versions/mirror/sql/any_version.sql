-- Whether any version follows the mirror.
select 1 as found from {{ schema | ident }}.out_version limit 1
