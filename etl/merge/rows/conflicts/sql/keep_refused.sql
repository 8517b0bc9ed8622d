-- See refuse_targets.
insert into refused
select distinct _known from stage where _action = 'rejected' and not _is_weak and _known is not null
on conflict do nothing
