-- Claimed rows that depend on another one: they name the same instance, or want or have a unique value that the other
-- row wants or has. Most rows concern only their own instance.
create temporary table remaining on commit drop as
with
lookup_11 as materialized (
    -- A code takes precedence over an equal id of another row; a code too long for the column is stored as its id.
    select distinct on (written) written, stored
    from (
        select code as written, code as stored, 1 as rank
        from store_demo.bo_Kind
        where _state <> 'REMOVED' and char_length(code) <= 32
        union all
        select _id collate "default", case when char_length(code) <= 32 then code else _id collate "default" end, 2
        from store_demo.bo_Kind
        where _state <> 'REMOVED'
    ) known
    order by written, rank
),
lookup_12 as materialized (
    select pair ->> 0 as written, pair ->> 1 as stored
    from jsonb_array_elements(cast(:options_lookup_12 as jsonb)) as pair
),
lookup_18 as materialized (
    select file_id collate "default" as written, file collate "default" as stored
    from store_demo.file_alias
),

named as (
    select i.id, coalesce(o._id, b._id, a.instance) as instance
    from in_tables.in_Everything i
    left join store_demo.bo_Everything o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_Everything b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join lookup_11 on lookup_11.written = i.f_dropdown_single
    left join lookup_12 on lookup_12.written = i.f_radio_button_group
    left join lookup_18 on lookup_18.written = i.f_file_upload

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
),
touched as materialized (
    select id, '' as field, cast(instance as text) as key from named where instance is not null
)
select distinct t.id
from touched t
join (select field, key from touched group by field, key having min(id) <> max(id)) shared
    on shared.field = t.field and shared.key = t.key