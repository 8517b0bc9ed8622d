-- Whether rows of the stage have to do with each other, or want what another instance has; most often none does.
select 1 as found
where exists (select from stage where _known is not null group by _known having count(*) > 1)
   or exists (select from stage where _holder_mig1 is not null)
   or exists (select from stage where _wants_mig1 is not null group by _wants_mig1 having count(*) > 1)
