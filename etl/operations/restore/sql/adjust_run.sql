-- A run that was under way has no owner: the next runner continues it at once, and no token of the original is valid.
update {{ schema | ident }}.run set heartbeat_at = null, fence = fence + 1 where state = 'running'
