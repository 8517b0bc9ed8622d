-- In how many seconds the next try is welcome.
select
    greatest(1, ceil(extract(epoch from tried_at + make_interval(mins => :minutes) - clock_timestamp())))::int
        as seconds
from {{ schema | ident }}.ad_try
where login = :login
