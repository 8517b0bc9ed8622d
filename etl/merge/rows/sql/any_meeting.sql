-- Whether rows of the stage conflict with each other, or want a unique value that another instance has; usually none
-- does.
{% set wanted = "coalesce(_wants_%s, _names_%s)" if is_staged else "_wants_%s" %}
select 1 as found
{% if is_staged %}
where exists (select from stage where _in_id is not null group by _in_id having count(*) > 1)
{# Without other ways in_ids are all that rows of one instance can have in common. #}
{% if unique or has_out_ids or has_aliases %}
   or exists (select from stage group by _group having count(*) > 1)
{% endif %}
{% else %}
where exists (select from stage where _known is not null group by _known having count(*) > 1)
{% endif %}
{% for field in unique %}
   or exists (select from stage where _holder_{{ field.short }} is not null)
{% set value = wanted.replace("%s", field.short) %}
   or exists (select from stage where {{ value }} is not null group by {{ value }} having count(*) > 1)
{% endfor %}
