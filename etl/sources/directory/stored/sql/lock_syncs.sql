-- Two that begin at once see each other.
lock table {{ schema | ident }}.ad_run in share row exclusive mode
