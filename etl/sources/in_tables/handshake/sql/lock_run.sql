-- As every heartbeat does.
lock table {{ schema | ident }}.run in row exclusive mode nowait
