-- Counts a try of a password, unless there were too many: then no row.
insert into {{ schema | ident }}.ad_try as t (login, tries)
values (:login, 1)
on conflict (login) do update
set tries = case when t.tried_at < clock_timestamp() - make_interval(mins => :minutes) then 1 else t.tries + 1 end,
    tried_at = clock_timestamp()
where t.tries < :most or t.tried_at < clock_timestamp() - make_interval(mins => :minutes)
