-- Whether rows of the stage conflict with each other, or want a unique value that another instance has; usually none
-- does.
select 1 as found
where exists (select from stage where _known is not null group by _known having count(*) > 1)
   or exists (select from stage where _holder_email is not null)
   or exists (select from stage where _wants_email is not null group by _wants_email having count(*) > 1)
   or exists (select from stage where _holder_passport is not null)
   or exists (select from stage where _wants_passport is not null group by _wants_passport having count(*) > 1)
   or exists (select from stage where _holder_number is not null)
   or exists (select from stage where _wants_number is not null group by _wants_number having count(*) > 1)
