-- Who keeps WAL on the server's disk, and how many bytes: the archiver, when it fails or is behind, slots, and standbys
-- that are behind as far as this role may see them.
with now (place) as (
    select pg_current_wal_lsn()
)
-- The name of a file of WAL: eight digits each for the timeline, and for the upper and the lower part of its place.
select 'archive' as kind, '' as name,
    case when a.last_archived_wal ~ '^[0-9A-F]{24}$' then
        cast(now.place - cast(
            format('%s/%s', substr(a.last_archived_wal, 9, 8), to_hex(
                cast(cast('x' || substr(a.last_archived_wal, 17, 8) as bit(32)) as bigint)
                * (select cast(s.setting as bigint) from pg_catalog.pg_settings s where s.name = 'wal_segment_size')
            )) as pg_lsn
        ) as bigint)
    else 0 end as bytes,
    coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) as is_failing,
    date_trunc('second', a.last_failed_time) as failed_at
from now
cross join pg_catalog.pg_stat_archiver a
where current_setting('archive_mode') <> 'off'
union all
select 'replication slot', cast(s.slot_name as text), cast(now.place - s.restart_lsn as bigint), false, null
from now
cross join pg_catalog.pg_replication_slots s
where s.restart_lsn is not null
union all
select 'standby', r.application_name, cast(now.place - r.replay_lsn as bigint), false, null
from now
cross join pg_catalog.pg_stat_replication r
where r.replay_lsn is not null
order by bytes desc, kind, name
