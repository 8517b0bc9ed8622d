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
            when ((case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
        or (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
        or coalesce(i.Born > :latest_time, false))
            then array[(case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null),
        (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null),
        coalesce(i.Born > :latest_time, false)]
        end as _bad,
        case
            when ((coalesce(owners.rank_0 < 1, false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.email, '') is distinct from g.email))
        or (coalesce(owners.rank_1 < 1, false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.Passport, '') is distinct from g.Passport))
        or (coalesce(owners.rank_2 < 2, false)
            and not coalesce(i.removed, false)
            and not coalesce(i.Born > :latest_time, false)
            and (i.Born is distinct from g.Born)))
            then array[(coalesce(owners.rank_0 < 1, false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.email, '') is distinct from g.email)),
        (coalesce(owners.rank_1 < 1, false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.Passport, '') is distinct from g.Passport)),
        (coalesce(owners.rank_2 < 2, false)
            and not coalesce(i.removed, false)
            and not coalesce(i.Born > :latest_time, false)
            and (i.Born is distinct from g.Born))]
        end as _outranked,
        array[(not ((coalesce(owners.rank_0 < 1, false)
            or coalesce(owners.rank_0 = 1
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)))) and not coalesce(i.removed, false),
        (not ((coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)))) and not coalesce(i.removed, false),
        (not ((coalesce(owners.rank_2 < 2, false)
            or coalesce(owners.rank_2 = 2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)))) and not coalesce(i.removed, false)] as _says,
        case
            when ((coalesce(owners.rank_0 = 1
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.email, '') is distinct from g.email))
        or (coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.Passport, '') is distinct from g.Passport))
        or (coalesce(owners.rank_2 = 2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)
            and not coalesce(i.removed, false)
            and not coalesce(i.Born > :latest_time, false)
            and (i.Born is distinct from g.Born)))
            then array[(coalesce(owners.rank_0 = 1
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.email, '') is distinct from g.email)),
        (coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)
            and not coalesce(i.removed, false)
            and not (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            and (nullif(i.Passport, '') is distinct from g.Passport)),
        (coalesce(owners.rank_2 = 2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)
            and not coalesce(i.removed, false)
            and not coalesce(i.Born > :latest_time, false)
            and (i.Born is distinct from g.Born))]
        end as _late,
        i.born as _time,
        case
            when g._state = 'REMOVED' then not coalesce(i.removed, false) and coalesce(owners.state_time > i.born, owners.state_time is not null)
            else coalesce(i.removed, false) and coalesce(owners.newest > i.born, false)
        end as _stale,
        coalesce(i.removed, false) and i.born is null or not coalesce(owners.state_time > i.born, owners.state_time is not null) as _says_state,
        coalesce(i.born, case when coalesce(i.removed, false) then owners.newest end) as _state_time,
        ((nullif(i.email, '') is null or (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null))) as _lacks_system,
        case when u_email._id <> g._id then u_email._id end
            as _holder_email,
        g.email as _old_email,
        case when u_passport._id <> g._id then u_passport._id end
            as _holder_passport,
        g.Passport as _old_passport,
        case when u_number._id <> g._id then u_number._id end
            as _holder_number,
        g.Number as _old_number,
        case when (coalesce(owners.rank_0 < 1, false)
            or coalesce(owners.rank_0 = 1
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false))
            then g.email else nullif(i.email, '') end as email,
        case when (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false))
            then g.Passport else nullif(i.Passport, '') end as Passport,
        case when (coalesce(owners.rank_2 < 2, false)
            or coalesce(owners.rank_2 = 2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false))
            then g.Born else i.Born end as Born,
        coalesce(nullif(i.in_id, ''), g.Number) as Number,
        g._id is not null and ((g.email is distinct from case when (coalesce(owners.rank_0 < 1, false)
            or coalesce(owners.rank_0 = 1
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false))
            then g.email else nullif(i.email, '') end
        or g.Passport is distinct from case when (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false))
            then g.Passport else nullif(i.Passport, '') end
        or g.Born is distinct from case when (coalesce(owners.rank_2 < 2, false)
            or coalesce(owners.rank_2 = 2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false))
            then g.Born else i.Born end
        or g.Number is distinct from coalesce(nullif(i.in_id, ''), g.Number))) as _differs
    from in_tables.in_Person i
    join remaining r on r.id = i.id
    left join store_demo.bo_Person g on g._in_id = i.in_id collate "C"
    left join lateral (
        select
            min(cast(coalesce(cast(:ranks as jsonb) -> f.field ->> f.source,
                cast(:ranks as jsonb) -> f.field ->> split_part(f.source, ':', 1),
                cast(:ranks as jsonb) -> f.field ->> '') as int))
                filter (where f.field = 'email') as rank_0,
            min(f.source_time) filter (where f.field = 'email') as time_0,
            min(cast(coalesce(cast(:ranks as jsonb) -> f.field ->> f.source,
                cast(:ranks as jsonb) -> f.field ->> split_part(f.source, ':', 1),
                cast(:ranks as jsonb) -> f.field ->> '') as int))
                filter (where f.field = 'passport') as rank_1,
            min(f.source_time) filter (where f.field = 'passport') as time_1,
            min(cast(coalesce(cast(:ranks as jsonb) -> f.field ->> f.source,
                cast(:ranks as jsonb) -> f.field ->> split_part(f.source, ':', 1),
                cast(:ranks as jsonb) -> f.field ->> '') as int))
                filter (where f.field = 'born') as rank_2,
            min(f.source_time) filter (where f.field = 'born') as time_2,
            min(f.source_time) filter (where f.field = '_state') as state_time,
            max(f.source_time) as newest
        from store_demo.field_owner f
        where f.bo = :bo and f.instance = g._id
    ) owners on true

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
    offset 0 -- evaluated once per row, not where a column is named: large JSON is slow to check
)
select
    _row, _source_row, _version, _in_id, _out_id, _removed, _known, _known_version, _fault, _aliased,
    case when not _stale then _bad end as _bad,
    _outranked, _says, _late, _time,
    _stale, _says_state and not _stale as _says_state, _state_time,
    _lacks_system,
    -- Values that no statement writes are left out.
    email,
    Passport,
    case when _action in ('created', 'changed') then Born end
        as Born,
    Number,
    case
        when _action = 'rejected' and not _removed and _fault is null
        then case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('in_tables.in_Person' as regclass)
)
                    or (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('store_demo.bo_Person' as regclass)
)
                then cast(0 as bigint) + coalesce(octet_length(email), 0)
        + coalesce(octet_length(Passport), 0)
            end
    end as _row_bytes,
    _action,
    case
        when _action = 'created' then :new_ids || to_hex(1048575 + row_number() over (order by case when _action = 'created' then _in_id end))
        when _action <> 'rejected' then _known
    end as _instance,
    not _removed and _action <> 'rejected' and not _stale and false as _skips
from (
    select
        candidates.*,
        case
            when _in_id is null and _out_id is null then 'rejected'
            when _fault is not null then 'rejected'
            when _stale then 'unchanged'
            when _removed and coalesce(_bad[3], false) then 'rejected'
            when _removed then case when _known is null or _known_state = 'REMOVED' then 'unchanged' else 'removed' end
            when _lacks_system then 'rejected'
            when _bad is not null then 'rejected'
            when _known is not null and _known_state <> 'REMOVED' and not _differs then 'unchanged'
            when case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('in_tables.in_Person' as regclass)
)
                    or (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('store_demo.bo_Person' as regclass)
)
                then cast(0 as bigint) + coalesce(octet_length(email), 0)
        + coalesce(octet_length(Passport), 0)
            end > :max_row_bytes then 'rejected'
            when _known is null then 'created'
            else 'changed'
        end as _action
    from candidates
    offset 0 -- evaluated once per row, not where it is named
) verdicts