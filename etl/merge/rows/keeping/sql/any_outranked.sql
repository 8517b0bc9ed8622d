-- Whether a source that counts more has written one of the fields since the rows were staged.
select exists (
    select from owner_change c
    join {{ store_schema | ident }}.field_owner f on f.bo = :bo and f.instance = c.instance and f.field = c.field
    where {{ "(f.source, f.source_time) is distinct from (c.source, c.time)" if time else "f.source <> c.source" }}
) as is_there
