-- Whether rows of the stage conflict with each other, or want a unique value that another instance has; usually none
-- does.
select 1 as found
where exists (select from stage where _known is not null group by _known having count(*) > 1)
{% for field in unique %}
   or exists (select from stage where _holder_{{ field.short }} is not null)
   or exists (select from stage where _wants_{{ field.short }} is not null group by _wants_{{ field.short }} having count(*) > 1)
{% endfor %}
