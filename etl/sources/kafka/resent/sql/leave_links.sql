-- Links of records that were sent back are left out where later ones have been made or ended. Where an owner has one
-- link or one full set also where a later one waits.
{% from "later.jinja" import is_later, since %}
with older as materialized (
    select s._source_row, s.owner, s.target, r.*
    from stage s
    join pg_temp.kafka_resent r on r.origin = s._origin
    where s.owner is not null
)
delete from pg_temp.{{ table | ident }} l
using (
    select o._source_row
    from older o
    join {{ schema | ident }}.journal j
        on j.bo = :bo and j.instance = o.owner and j.field = :field and j.written_by >= {{ since() }}
        and {{ is_later("j", "o") }}{{ " and j.target = o.target" if adds }}
{% if not adds %}
    union
    select o._source_row
    from older o
    join {{ schema | ident }}.boi_reference w on w.bo = :bo and w.field = :field and w.owner = o.owner
    where w.run >= o.unit
{% endif %}
) later
where l.id = later._source_row
