-- Rows that were passed although another row, which the stage merges, names their instance: the stage merges them too.
-- The statistics are from the claim, without any done row. So the condition on the status is written in a form for
-- which the planner has none: else it estimates few passed rows, and compares each with all that remain.
{% from "chunk.jinja" import rows_within %}
{% set passed -%}
i.occupied_id = :run and case when i.in_status = 'DONE' then true else false end{{ rows_within(chunk) }}
{%- endset %}
with
overtaken as (
    select i.id
    from remaining r join {{ in_schema | ident }}.{{ in_table | ident }} i on i.in_id = r.in_id
    where {{ passed }}
    union
    select i.id
    from remaining r join {{ in_schema | ident }}.{{ in_table | ident }} i on i.out_id = r.instance
    where {{ passed }}
),
back as (
    update {{ in_schema | ident }}.{{ in_table | ident }} i
    set in_status = 'ON_WORK'
    from overtaken o
    where i.id = o.id
    returning i.id
)
insert into remaining (id) select id from back
