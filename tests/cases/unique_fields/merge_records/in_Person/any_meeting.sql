-- Whether rows of the stage conflict with each other, or want a unique value that another instance has; usually none
-- does.
select 1 as found
where exists (select from stage where _in_id is not null group by _in_id having count(*) > 1)
   or exists (select from stage group by _group having count(*) > 1)
   or exists (select from stage where _holder_email is not null)
   or exists (select from stage where coalesce(_wants_email, _names_email) is not null group by coalesce(_wants_email, _names_email) having count(*) > 1)
   or exists (select from stage where _holder_passport is not null)
   or exists (select from stage where coalesce(_wants_passport, _names_passport) is not null group by coalesce(_wants_passport, _names_passport) having count(*) > 1)
   or exists (select from stage where _holder_number is not null)
   or exists (select from stage where coalesce(_wants_number, _names_number) is not null group by coalesce(_wants_number, _names_number) having count(*) > 1)
