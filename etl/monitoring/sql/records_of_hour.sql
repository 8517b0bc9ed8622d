-- What became of the records of the batches of the last hour, of at most :count batches: numbers of units rise in time.
select cast(coalesce(sum(cast(u.receipt -> 'records' ->> 'messages' as bigint)), 0) as bigint) as records,
    cast(coalesce(sum(cast(u.receipt -> 'records' ->> 'rejected' as bigint)), 0) as bigint) as rejected
from (
    select source, kind, started_at, receipt from {{ schema | ident }}.unit order by number desc limit :count
) u
where u.source = 'kafka' and u.kind = 'batch' and u.started_at > clock_timestamp() - interval '1 hour'
