-- Parts of a chunk's claimed rows, cut by their number and not by their positions, which may have gaps of any size.
{% from "chunk.jinja" import claimed, links_within %}
select part, count(*) as rows, min(at) as first, max(at) as last
from (
    select at, ntile(:number) over (order by at) as part
    from (
{% if link %}
        select
            cast((cast(cast(i.ctid as text) as point))[0] as bigint) * {{ lines_in_a_page }}
                + cast((cast(cast(i.ctid as text) as point))[1] as bigint) as at
        from {{ in_schema | ident }}.{{ in_table | ident }} i
        where i.in_status = 'ON_WORK'{{ links_within(chunk, "i") }}
{% else %}
        select i.id as at
        from {{ in_schema | ident }}.{{ in_table | ident }} i
        where {{ claimed(chunk) }}
{% endif %}
    ) claimed
) numbered
group by part
order by part
