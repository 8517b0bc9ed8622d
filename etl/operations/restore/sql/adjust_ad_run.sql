-- A sync that was under way has no process here, whatever the clock says.
update {{ schema | ident }}.ad_run set lease_until = to_timestamp(0) where ended_at is null
