-- A chunk's claimed rows as they are now, each with its golden instance, its values as read, and its action. Every
-- condition on a row is evaluated once, here. `exact` matches in all ways; without it only by in_id, which suffices for
-- nearly every chunk and costs one join instead of four.
create temporary table stage on commit drop as
with

candidates as (
    select
        i.id as _row, null as _source_row, null as _version,
        nullif(i.in_id, '') collate "C" as _in_id, nullif(i.out_id, '') collate "C" as _out_id,
        coalesce(i.removed, false) as _removed,
        g._id as _known, g.xmin as _known_version, g._state as _known_state,
        i._origin,
        case
            when (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) and (case when get_bit(i._given, 0) = 1 then nullif(i.email, '') end is null
        and case when get_bit(i._given, 1) = 1 then nullif(i.Passport, '') end is null) then 'NO_ID'
            when nullif(i.out_id, '') is not null and o._id is null
                then 'OUT_ID_UNKNOWN'
            when o._id <> coalesce(b._id, a.instance) then 'IN_ID_TAKEN'
        end as _fault,
        g._id is not null and nullif(i.in_id, '') is not null and b._id is null and a.instance is null as _aliased,
        (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) as _is_weak,
        cast(null as text) as _by,
        case when not coalesce(g._state <> 'REMOVED' and i._state <> g._state and not coalesce(i.removed, false)
            and coalesce(owners.state_time > i.born, owners.state_time is not null), false) then i._state end as _given_state,
        (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) and (u_email._id <> g._id or u_passport._id <> g._id) is true as _is_ambiguous,
        case when (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) then cast(lower(case when get_bit(i._given, 0) = 1 then nullif(i.email, '') end) as text) end
            as _names_email,
        case when (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) then cast(case when get_bit(i._given, 1) = 1 then nullif(i.Passport, '') end as text) end
            as _names_passport,
        case when (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) then cast(nullif(i.in_id, '') as text) end
            as _names_number,
        case
            when ((get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
        or (get_bit(i._given, 1) = 1 and (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
        or (get_bit(i._given, 2) = 1 and coalesce(i.Born > :latest_time, false)))
            then array[(get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)),
        (get_bit(i._given, 1) = 1 and (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)),
        (get_bit(i._given, 2) = 1 and coalesce(i.Born > :latest_time, false))]
        end as _bad,
        case
            when ((coalesce(owners.rank_0 < 2, false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 0) = 1
            and not (get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.email, '') is distinct from g.email))
        or (coalesce(owners.rank_1 < 1, false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 1) = 1
            and not (get_bit(i._given, 1) = 1 and (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.Passport, '') is distinct from g.Passport))
        or (coalesce(owners.rank_2 < sent.rank_2, false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 2) = 1
            and not (get_bit(i._given, 2) = 1 and coalesce(i.Born > :latest_time, false))
            and (i.Born is distinct from g.Born)))
            then array[(coalesce(owners.rank_0 < 2, false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 0) = 1
            and not (get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.email, '') is distinct from g.email)),
        (coalesce(owners.rank_1 < 1, false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 1) = 1
            and not (get_bit(i._given, 1) = 1 and (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.Passport, '') is distinct from g.Passport)),
        (coalesce(owners.rank_2 < sent.rank_2, false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 2) = 1
            and not (get_bit(i._given, 2) = 1 and coalesce(i.Born > :latest_time, false))
            and (i.Born is distinct from g.Born))]
        end as _outranked,
        array[(not (not (get_bit(i._given, 0) = 1) or (coalesce(owners.rank_0 < 2, false)
            or coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)))) and not coalesce(i.removed, false),
        (not (not (get_bit(i._given, 1) = 1) or (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)))) and not coalesce(i.removed, false),
        (not (not (get_bit(i._given, 2) = 1) or (coalesce(owners.rank_2 < sent.rank_2, false)
            or coalesce(owners.rank_2 = sent.rank_2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)))) and not coalesce(i.removed, false)] as _says,
        array[2, 1, sent.rank_2] as _ranks,
        case
            when ((coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 0) = 1
            and not (get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.email, '') is distinct from g.email))
        or (coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 1) = 1
            and not (get_bit(i._given, 1) = 1 and (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.Passport, '') is distinct from g.Passport))
        or (coalesce(owners.rank_2 = sent.rank_2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 2) = 1
            and not (get_bit(i._given, 2) = 1 and coalesce(i.Born > :latest_time, false))
            and (i.Born is distinct from g.Born)))
            then array[(coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 0) = 1
            and not (get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.email, '') is distinct from g.email)),
        (coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 1) = 1
            and not (get_bit(i._given, 1) = 1 and (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null))
            and (nullif(i.Passport, '') is distinct from g.Passport)),
        (coalesce(owners.rank_2 = sent.rank_2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)
            and not coalesce(i.removed, false)
            and get_bit(i._given, 2) = 1
            and not (get_bit(i._given, 2) = 1 and coalesce(i.Born > :latest_time, false))
            and (i.Born is distinct from g.Born))]
        end as _late,
        i.born as _time,
        case
            when g._state = 'REMOVED' then not coalesce(i.removed, false) and coalesce(owners.state_time > i.born, owners.state_time is not null)
            else coalesce(i.removed, false) and coalesce(owners.newest > i.born, false)
        end as _stale,
        coalesce(g._state <> 'REMOVED' and i._state <> g._state and not coalesce(i.removed, false)
            and coalesce(owners.state_time > i.born, owners.state_time is not null), false) as _late_state,
        (coalesce(i.removed, false) or i._state is not null)
            and (coalesce(i.removed, false) and i.born is null or not coalesce(owners.state_time > i.born, owners.state_time is not null)) as _says_state,
        coalesce(i.born, case when coalesce(i.removed, false) then owners.newest end) as _state_time,
        ((case when not coalesce(i.removed, false) and get_bit(i._given, 0) = 1 then case when (coalesce(owners.rank_0 < 2, false)
            or coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false))
            then g.email else nullif(i.email, '') end else g.email end is null or (get_bit(i._given, 0) = 1 and (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)))) as _lacks_system,
        coalesce(case when u_email._id is distinct from g._id then u_email._id end, r_email._id)
            as _holder_email,
        g.email as _old_email,
        coalesce(case when u_passport._id is distinct from g._id then u_passport._id end, r_passport._id)
            as _holder_passport,
        g.Passport as _old_passport,
        coalesce(case when u_number._id is distinct from g._id then u_number._id end, r_number._id)
            as _holder_number,
        g.Number as _old_number,
        array[(not (not (get_bit(i._given, 0) = 1) or (coalesce(owners.rank_0 < 2, false)
            or coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false)))),
        (not (not (get_bit(i._given, 1) = 1) or (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false)))),
        (not (not (get_bit(i._given, 2) = 1) or (coalesce(owners.rank_2 < sent.rank_2, false)
            or coalesce(owners.rank_2 = sent.rank_2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false)))),
        (nullif(i.in_id, '') is not null)] as _sets_value,
        case when not coalesce(i.removed, false) and get_bit(i._given, 0) = 1 then case when (coalesce(owners.rank_0 < 2, false)
            or coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false))
            then g.email else nullif(i.email, '') end else g.email end as email,
        case when not coalesce(i.removed, false) and get_bit(i._given, 1) = 1 then case when (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false))
            then g.Passport else nullif(i.Passport, '') end else g.Passport end as Passport,
        case when not coalesce(i.removed, false) and get_bit(i._given, 2) = 1 then case when (coalesce(owners.rank_2 < sent.rank_2, false)
            or coalesce(owners.rank_2 = sent.rank_2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false))
            then g.Born else i.Born end else g.Born end as Born,
        case when not coalesce(i.removed, false) then coalesce(nullif(i.in_id, ''), g.Number) else g.Number end as Number,
        g._id is not null and ((g.email is distinct from case when not coalesce(i.removed, false) and get_bit(i._given, 0) = 1 then case when (coalesce(owners.rank_0 < 2, false)
            or coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false))
            then g.email else nullif(i.email, '') end else g.email end
        or g.Passport is distinct from case when not coalesce(i.removed, false) and get_bit(i._given, 1) = 1 then case when (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false))
            then g.Passport else nullif(i.Passport, '') end else g.Passport end
        or g.Born is distinct from case when not coalesce(i.removed, false) and get_bit(i._given, 2) = 1 then case when (coalesce(owners.rank_2 < sent.rank_2, false)
            or coalesce(owners.rank_2 = sent.rank_2
            and coalesce(owners.time_2 > i.Born, owners.time_2 is not null), false))
            then g.Born else i.Born end else g.Born end
        or g.Number is distinct from case when not coalesce(i.removed, false) then coalesce(nullif(i.in_id, ''), g.Number) else g.Number end)) as _differs
    from pg_temp.in_Person i
    cross join lateral (
        select
            cast(coalesce(cast(:ranks as jsonb) -> 'born' ->> t.source,
                cast(:ranks as jsonb) -> 'born' ->> split_part(t.source, ':', 1),
                cast(:ranks as jsonb) -> 'born' ->> '') as int) as rank_2
        from (select concat('kafka:', split_part(i._origin, '/', 1)) as source) t
    ) sent
    left join store_demo.bo_Person o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_Person b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join store_demo.bo_Person u_email on lower(u_email.email) = lower(case when get_bit(i._given, 0) = 1 then nullif(i.email, '') end)
        and u_email._state <> 'REMOVED' and not (coalesce(i.removed, false) and not (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null))
    left join store_demo.bo_Person u_passport on u_passport.Passport = case when get_bit(i._given, 1) = 1 then nullif(i.Passport, '') end
        and u_passport._state <> 'REMOVED' and not (coalesce(i.removed, false) and not (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null))
    left join store_demo.bo_Person u_number on u_number.Number = nullif(i.in_id, '')
        and u_number._state <> 'REMOVED'

    left join lateral (
        select g.*, g.xmin from store_demo.bo_Person g where g._id = coalesce(coalesce(o._id, b._id, a.instance, u_number._id), case when (nullif(i.in_id, '') is null and nullif(i.out_id, '') is null) then coalesce(u_email._id, u_passport._id) end) limit 1
    ) g on true
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

    left join store_demo.bo_Person r_email on lower(r_email.email) = lower(g.email)
        and r_email._state <> 'REMOVED' and g._state = 'REMOVED' and i._state <> 'REMOVED'
        and not (not (not (get_bit(i._given, 0) = 1) or (coalesce(owners.rank_0 < 2, false)
            or coalesce(owners.rank_0 = 2
            and coalesce(owners.time_0 > i.Born, owners.time_0 is not null), false))))
    left join store_demo.bo_Person r_passport on r_passport.Passport = g.Passport
        and r_passport._state <> 'REMOVED' and g._state = 'REMOVED' and i._state <> 'REMOVED'
        and not (not (not (get_bit(i._given, 1) = 1) or (coalesce(owners.rank_1 < 1, false)
            or coalesce(owners.rank_1 = 1
            and coalesce(owners.time_1 > i.Born, owners.time_1 is not null), false))))
    left join store_demo.bo_Person r_number on r_number.Number = g.Number
        and r_number._state <> 'REMOVED' and g._state = 'REMOVED' and i._state <> 'REMOVED'
        and not (nullif(i.in_id, '') is not null)

    where i.in_status = 'ON_WORK'
    offset 0 -- evaluated once per row, not where a column is named: large JSON is slow to check
)
select
    _row, _source_row, _version, _in_id, _out_id, _removed, _known, _known_version, _fault, _aliased, _origin,
    case when not _stale then _bad end as _bad,
    _outranked, _says, _ranks, _late, _time,
    _stale, _late_state, _says_state and not _stale as _says_state, _state_time,
    _lacks_system,
    _given_state, _state, _known_state, _is_ambiguous,
    -- Rows of one group are of one instance: a known one, or a new one that they name by one in_id or the same values.
    coalesce(
        'i' || _known, 'n' || _in_id,
        'v' || cast(jsonb_build_array(_names_email, _names_passport, _names_number) as text)
    ) collate "C" as _group,
    _is_weak, _by, false as _loses, cast(null as text) as _winner,
    _sets_value,
    case when not _removed or _is_weak then _holder_email end
        as _holder_email,
    _old_email,
    _is_ambiguous and _holder_email is not null
        as _taken_email,
    case
    when not (_state = 'REMOVED') and (
        _known_state is null or _known_state = 'REMOVED'
        or lower(email) is distinct from lower(_old_email)
    )
    then cast(lower(email) as text)
end as _wants_email,
    coalesce(_known_state <> 'REMOVED' and _old_email is not null and (
    (_state = 'REMOVED') or lower(email) is distinct from lower(_old_email)
), false) as _gives_email,
    _names_email,
    case when not _removed or _is_weak then _holder_passport end
        as _holder_passport,
    _old_passport,
    _is_ambiguous and _holder_passport is not null
        as _taken_passport,
    case
    when not (_state = 'REMOVED') and (
        _known_state is null or _known_state = 'REMOVED'
        or Passport is distinct from _old_passport
    )
    then cast(Passport as text)
end as _wants_passport,
    coalesce(_known_state <> 'REMOVED' and _old_passport is not null and (
    (_state = 'REMOVED') or Passport is distinct from _old_passport
), false) as _gives_passport,
    _names_passport,
    case when not _removed or _is_weak then _holder_number end
        as _holder_number,
    _old_number,
    _is_ambiguous and _holder_number is not null
        as _taken_number,
    case
    when not (_state = 'REMOVED') and (
        _known_state is null or _known_state = 'REMOVED'
        or Number is distinct from _old_number
    )
    then cast(Number as text)
end as _wants_number,
    coalesce(_known_state <> 'REMOVED' and _old_number is not null and (
    (_state = 'REMOVED') or Number is distinct from _old_number
), false) as _gives_number,
    _names_number,
    -- Values that no statement writes are left out.
    email,
    Passport,
    case when _action in ('created', 'changed', 'removed') then Born end
        as Born,
    Number,
    case
        when _action = 'rejected' and not _removed and _fault is null
        then case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('pg_temp.in_Person' as regclass)
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
        case when _stale then _known_state when _removed then 'REMOVED' else coalesce(_given_state, _known_state, 'ACTUAL') end as _state,
        case
            when _fault is not null or _is_ambiguous then 'rejected'
            when _stale then 'unchanged'
            when _removed and coalesce(_bad[3], false) then 'rejected'
            when _removed then case when _known is null or _known_state = 'REMOVED' then 'unchanged' else 'removed' end
            when _lacks_system and _known is not null then 'rejected'
            when _bad is not null then 'rejected'
            when _known is not null and coalesce(_given_state, _known_state) = _known_state and not _differs
            then 'unchanged'
            when case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('pg_temp.in_Person' as regclass)
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