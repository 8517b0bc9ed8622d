-- A sync begins; one of all users only where no other one is under way.
insert into {{ schema | ident }}.ad_run (run, owner, login, lease_until)
select :run, :owner, :login, clock_timestamp() + make_interval(secs => :lease_seconds)
where not exists (
    select from {{ schema | ident }}.ad_run
    where ended_at is null and login is null and lease_until > clock_timestamp()
)
