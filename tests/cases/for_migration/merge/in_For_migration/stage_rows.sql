-- A chunk's claimed rows as they are now, each with its golden instance, its values as read, and its action. Every
-- condition on a row is evaluated once, here. `exact` matches in all ways; without it only by in_id, which suffices for
-- nearly every chunk and costs one join instead of four.
create temporary table stage on commit drop as
with

candidates as (
    select
        i.id as _row, i.ctid as _source_row, i.xmin as _version,
        nullif(i.in_id, '') collate "C" as _in_id, nullif(i.out_id, '') collate "C" as _out_id,
        coalesce(i.removed, false) as _removed,
        g._id as _known, g.xmin as _known_version, g._state as _known_state,
        cast(null as text) as _fault,
        false as _aliased,
        case
            when ((case when octet_length(i.mig2) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null))
            then array[(case when octet_length(i.mig2) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)]
        end as _bad,
        case when u_mig1._id <> g._id then u_mig1._id end
            as _holder_mig1,
        g.mig1 as _old_mig1,
        i.mig2 as mig2,
        coalesce(nullif(i.in_id, ''), g.mig1) as mig1,
        g._id is not null and ((g.mig2 is distinct from i.mig2
        or g.mig1 is distinct from coalesce(nullif(i.in_id, ''), g.mig1))) as _differs
    from in_tables.in_For_migration i
    join remaining r on r.id = i.id
    left join store_demo.bo_For_migration g on g._in_id = i.in_id collate "C"
    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
    offset 0 -- evaluated once per row, not where a column is named: large JSON is slow to check
)
select
    _row, _source_row, _version, _in_id, _out_id, _removed, _known, _known_version, _fault, _aliased,
    _bad,
    -- Values that no statement writes are left out.
    case when _action in ('created', 'changed') then mig2 end
        as mig2,
    mig1,
    case
        when _action = 'rejected' and not _removed and _fault is null
        then case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('in_tables.in_For_migration' as regclass)
)
                    or (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('store_demo.bo_For_migration' as regclass)
)
                then cast(0 as bigint) + coalesce(octet_length(mig2), 0)
            end
    end as _row_bytes,
    _action,
    case
        when _action = 'created' then :new_ids || to_hex(1048575 + row_number() over (order by case when _action = 'created' then _in_id end))
        when _action <> 'rejected' then _known
    end as _instance,
    not _removed and _action <> 'rejected' and false as _skips
from (
    select
        candidates.*,
        case
            when _in_id is null and _out_id is null then 'rejected'
            when _fault is not null then 'rejected'
            when _removed then case when _known is null or _known_state = 'REMOVED' then 'unchanged' else 'removed' end
            when _bad is not null then 'rejected'
            when _known is not null and _known_state <> 'REMOVED' and not _differs then 'unchanged'
            when case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('in_tables.in_For_migration' as regclass)
)
                    or (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('store_demo.bo_For_migration' as regclass)
)
                then cast(0 as bigint) + coalesce(octet_length(mig2), 0)
            end > :max_row_bytes then 'rejected'
            when _known is null then 'created'
            else 'changed'
        end as _action
    from candidates
    offset 0 -- evaluated once per row, not where it is named
) verdicts