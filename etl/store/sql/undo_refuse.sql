-- A unique value that another instance has by now, and does not give back, is not restored; an instance that would return
-- with it stays REMOVED. Such an instance keeps what it has, so this is asked again until nothing is found.
update undone u
set is_kept = true,
    images = case when u._was_state = 'REMOVED' then '{}' else u.images{% for field in unique %} - case when t.is_taken_{{ loop.index0 }} then '{{ field.name }}' else '' end{% endfor %} end{% for field in unique %},
    wants_{{ loop.index0 }} = case when u._was_state <> 'REMOVED' and not t.is_taken_{{ loop.index0 }} then u.wants_{{ loop.index0 }} end,
    gives_{{ loop.index0 }} = u.gives_{{ loop.index0 }} and not t.is_taken_{{ loop.index0 }}{% endfor %}

from (
    select *
    from (
        select u.instance{% for field in unique %},
            u.wants_{{ loop.index0 }} is not null and exists (
                select from {{ store_schema | ident }}.{{ golden | ident }} h
                where {{ field.compared("h." ~ field.column) }} = {{ field.compared("u.wants_%d" | format(loop.index0)) }}
                  and h._state <> 'REMOVED' and h._id <> u.instance
                  and not exists (select from undone v where v.instance = h._id and v.gives_{{ loop.index0 }})
            ) as is_taken_{{ loop.index0 }}{% endfor %}

        from undone u
    ) asked
    where {% for field in unique %}{{ " or " if not loop.first }}is_taken_{{ loop.index0 }}{% endfor %}

) t
where u.instance = t.instance
