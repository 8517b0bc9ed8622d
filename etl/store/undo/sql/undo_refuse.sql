-- A unique value that another instance has by now, and does not give back, is not restored; an instance that would
-- return with it stays REMOVED. Such an instance keeps what it has, so this is asked again until nothing is found.
update undone u
set is_kept = true,
{% for field in unique %}
    wants_{{ field.short }} = case
        when u._was_state <> 'REMOVED' and not t.is_taken_{{ field.short }} then u.wants_{{ field.short }}
    end,
    gives_{{ field.short }} = u.gives_{{ field.short }} and not t.is_taken_{{ field.short }},
{% endfor %}
    images = case
        when u._was_state = 'REMOVED' then '{}'
        else {{
            (["u.images"] + (unique | each("case when t.is_taken_{0.short} then '{0.name}' else '' end")))
            | join(" - ")
        }}
    end
from (
    select *
    from (
        select u.instance{% for field in unique %},
            u.wants_{{ field.short }} is not null and exists (
                select from {{ store_schema | ident }}.{{ golden | ident }} h
                where {{ field.compared("h." ~ field.column) }} = {{ field.compared("u.wants_" ~ field.short) }}
                  and h._state <> 'REMOVED' and h._id <> u.instance
                  and not exists (select from undone v where v.instance = h._id and v.gives_{{ field.short }})
            ) as is_taken_{{ field.short }}{% endfor %}

        from undone u
    ) asked
    where {{ unique | each("is_taken_{0.short}") | any_of }}
) t
where u.instance = t.instance
