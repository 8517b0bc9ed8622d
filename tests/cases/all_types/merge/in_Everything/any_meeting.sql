-- Whether rows of the stage conflict with each other, or want a unique value that another instance has; usually none
-- does.
select 1 as found
where exists (select from stage where _known is not null group by _known having count(*) > 1)
