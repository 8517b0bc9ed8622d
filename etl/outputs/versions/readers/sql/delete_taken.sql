-- What all readers of a version have, at most a number of rows.
delete from {{ store_schema | ident }}.reader_change c
using (
    select w.schema_name, w.table_name, w.id, w.target
    from (select schema_name, min(kept_from) as kept_from from {{ store_schema | ident }}.reader group by schema_name) k
    join {{ store_schema | ident }}.reader_change w on w.schema_name = k.schema_name and w.position <= k.kept_from
    limit :limit
) t
where c.schema_name = t.schema_name and c.table_name = t.table_name and c.id = t.id and c.target = t.target
