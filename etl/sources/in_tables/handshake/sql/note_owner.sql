-- The run's owner, with its token.
insert into {{ schema | ident }}.runner (run, owner, fence, host, pid, pinned, version)
values (:run, :owner, :fence, :host, :pid, :pinned, :version)
on conflict (run, owner) do update
set fence = excluded.fence, pinned = excluded.pinned, version = excluded.version,
    joined_at = clock_timestamp(), heartbeat_at = null
