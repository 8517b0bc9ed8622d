-- "Give me what is new": begins a delivery, or returns the one that was not confirmed. Its rows are counted into the
-- receipt; exactly, where the transaction is repeatable read and begins with this call.
{% from "own_readers.jinja" import lock_own_reader %}
{% from "version_identity.jinja" import version_identity %}
create function {{ reader_schema | ident }}.ask(reader_name text)
returns table (delivery bigint, from_position bigint, upto_position bigint, is_full boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    mine {{ store_schema | ident }}.reader%rowtype;
    version record;
begin
    {{ lock_own_reader(store_schema, schema_name) }}
    select v.reader_position as position, v.place,
        v.place is distinct from {{ version_identity(store_schema, "v.schema_name") }} as is_stale into version
    from {{ store_schema | ident }}.out_version v where v.schema_name = {{ schema_name | literal }};
    if version.is_stale then
        raise exception 'the tables of {{ schema_name }} were restored or made again: ask again after the next run'
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    if mine.place is distinct from version.place then
        mine.from_position = null;
        mine.upto_position = null;
    end if;
    if mine.upto_position is null then
        mine.upto_position = version.position;
        mine.delivery = mine.delivery + 1;
        update {{ store_schema | ident }}.reader r
        set from_position = mine.from_position, upto_position = mine.upto_position, delivery = mine.delivery,
            place = version.place, asked_at = clock_timestamp(), retired_at = null
        where r.schema_name = mine.schema_name and r.reader = mine.reader
        returning r.asked_at into mine.asked_at;
    end if;
    insert into {{ store_schema | ident }}.reader_receipt as p
        (schema_name, reader, delivery, table_name, from_position, upto_position, changed, removed, asked_at)
    select mine.schema_name, mine.reader, mine.delivery, t.table_name, mine.from_position, mine.upto_position,
        t.changed, t.removed, mine.asked_at
    from (
{% for one in tables %}
        select {{ one.table_name | literal }} as table_name, count(*) filter (where not c.is_removed) as changed,
            count(*) filter (where c.is_removed) as removed
        from {{ reader_schema | ident }}.{{ one.view | ident }} c where c.reader = mine.reader
{{ "        union all\n" if not loop.last -}}
{% endfor %}
    ) t
    where t.changed + t.removed > 0
        or exists (
            select from {{ store_schema | ident }}.reader_receipt e
            where e.schema_name = mine.schema_name and e.reader = mine.reader and e.delivery = mine.delivery
              and e.table_name = t.table_name
        )
    on conflict (schema_name, reader, delivery, table_name) do update
    set changed = excluded.changed, removed = excluded.removed;
    return query select mine.delivery, mine.from_position, mine.upto_position, mine.from_position is null;
end
$$
