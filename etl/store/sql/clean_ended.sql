-- What old runs ended: such runs are not undone any more. See clean_journal.
delete from {{ schema | ident }}.{{ table | ident }}
where ctid = any(array(
    select ctid
    from {{ schema | ident }}.{{ table | ident }}
    where {{ column }} < :before
    order by {{ column }}
    limit :limit
))
