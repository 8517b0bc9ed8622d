-- Which group of the directory each role named when it was last found there.
select role, guid from {{ schema | ident }}.ad_group
