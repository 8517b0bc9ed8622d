-- "I have it": the next delivery begins there. A second time the answer is the same.
{% from "own_readers.jinja" import lock_own_reader %}
create function {{ reader_schema | ident }}.confirm(reader_name text, upto bigint)
returns timestamp with time zone
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    mine {{ store_schema | ident }}.reader%rowtype;
    current_place text;
begin
    {{ lock_own_reader(store_schema, schema_name) }}
    select v.place into current_place
    from {{ store_schema | ident }}.out_version v where v.schema_name = {{ schema_name | literal }};
    if mine.place <> current_place then
        raise exception 'the tables of {{ schema_name }} were made again meanwhile: ask again, for a full delivery'
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    if mine.upto_position is null and mine.from_position = confirm.upto then
        return mine.taken_at;
    end if;
    if mine.upto_position is distinct from confirm.upto then
        raise exception 'reader % was not given what ends with %, but %: ask again', quote_literal(reader_name),
            confirm.upto, coalesce('what ends with ' || mine.upto_position, 'nothing')
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    update {{ store_schema | ident }}.reader r
    set from_position = mine.upto_position, upto_position = null, taken_at = clock_timestamp()
    where r.schema_name = mine.schema_name and r.reader = mine.reader
    returning r.taken_at into mine.taken_at;
    update {{ store_schema | ident }}.reader_receipt p set taken_at = mine.taken_at
    where p.schema_name = mine.schema_name and p.reader = mine.reader and p.delivery = mine.delivery;
    return mine.taken_at;
end
$$
