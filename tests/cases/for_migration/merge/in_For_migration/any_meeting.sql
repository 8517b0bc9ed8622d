-- Whether rows of the stage conflict with each other, or want a unique value that another instance has; usually none
-- does.
select 1 as found
where exists (select from stage where _known is not null group by _known having count(*) > 1)
   or exists (select from stage where _holder_mig1 is not null)
   or exists (select from stage where _wants_mig1 is not null group by _wants_mig1 having count(*) > 1)
