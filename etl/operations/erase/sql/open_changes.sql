-- Online changes of large tables, of which a second table with the same rows is there.
select name from {{ schema | ident }}.online_change where state <> 'finished'
