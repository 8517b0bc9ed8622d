-- All tasks of the unit are done; instances that are created from here on have not received their waiting links. Where
-- other units overlap this one, one of them may have recorded a waiting link after this one has looked for the ends that it
-- waits for, so all that was created since the earliest of them began is looked at again.
{% from "journal_place.jinja" import journal_place %}
with mine as (
    select number, begun_after from {{ schema | ident }}.unit where number = :unit
),
others as (
    select u.begun_after
    from {{ schema | ident }}.unit u, mine
    where u.number <> mine.number and (u.closed_by is null or u.closed_by >= mine.begun_after)
    order by u.begun_after
    limit 1
)
update {{ schema | ident }}.links_served
set place = {{ journal_place(schema) }},
    position = coalesce(
        (select least(others.begun_after, mine.begun_after) from others, mine), pg_current_xact_id()
    )
