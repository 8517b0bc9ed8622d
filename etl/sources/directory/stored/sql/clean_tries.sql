-- Tries that count no more.
delete from {{ schema | ident }}.ad_try where tried_at < clock_timestamp() - make_interval(mins => :minutes)
