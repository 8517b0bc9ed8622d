-- Why rows of the in_ tables are not, or not yet, in the store; the partner may read it. One row per table and status.
-- It reads every in_ table once, whole: an index on in_status would make each claim and mark dearer (claim_rows.sql).
create or replace view {{ schema | ident }}.why_not as
with marker as (
    select id, coalesce(load_status, 0) as load_status, coalesce(ins_inkafka_status, 0) as read_status
    from {{ schema | ident }}.process_tracking
    order by id desc
    limit 1
),
running as (
    select id, heartbeat_at, cast(date_trunc('second', started_at) as text) as since
    from {{ schema | ident }}.run
    where state = 'running'
),
stopped as (
    select r.message
    from {{ schema | ident }}.run r
    join marker m on m.id = r.marker_id
    where r.state = 'stopped'
    order by r.id desc
    limit 1
),
held (in_table, is_link, in_status, rows, oldest_inserted_date) as (
{% for table in tables %}
    select '{{ table.name }}', {{ table.is_link }}, cast(in_status as text), count(*), min(inserted_date)
    from {{ schema | ident }}.{{ table.name | ident }}
    where in_status is distinct from 'DONE'
    group by in_status
{{ "    union all" if not loop.last }}
{% else %}
    select '', false, '', cast(0 as bigint), cast(null as timestamp with time zone) where false
{% endfor %}
),
verdict as (
    select
        held.*, marker.*, running.id as run, running.since, stopped.message,
        case
            when in_status = 'ERROR' then 'rejected'
            when in_status = 'WAITING' and is_link then 'waiting'
            when in_status = 'ON_WORK' then case when running.id is null then 'left over' else 'being read' end
            when in_status is distinct from '' then 'unknown status'
            when running.id is not null then case when heartbeat_at is null then 'broken off' else 'running' end
            when marker.id is null then 'cleared'
            when load_status not in (0, 1) or read_status not in (0, 1, 2) then 'unknown marker'
            when read_status = 2 then 'stopped'
            when read_status = 1 then 'finished'
            when load_status = 1 then 'handed over'
            else 'loading'
        end as why
    from held
    left join marker on true
    left join running on true
    left join stopped on true
),
sentence (why, english, russian) as (
    values
    ('rejected', 'rejected: err says why; correct the row, set in_status to '''' and hand over',
        'отклонено: причина в err; исправьте строку, установите in_status в '''' и повторите передачу'),
    ('waiting', 'an end of the link has not come: send it; the link is made by the run in which it comes',
        'один из концов связи не появился: пришлите его; связь создаст тот запуск, в котором он появится'),
    ('being read', 'run {run} is reading them, since {since}',
        'запуск {run} читает их с {since}'),
    ('left over', 'ON_WORK is set by runs, and none is running: set in_status to '''' and hand over',
        'ON_WORK ставит запуск, а сейчас ни один не работает: установите in_status в '''' и повторите передачу'),
    ('unknown status', 'in_status means nothing to a run: set it to '''' and hand over',
        'такой in_status ничего не значит для запуска: установите его в '''' и повторите передачу'),
    ('running', 'run {run} is running since {since} and took what was ready when it began: hand over when it has ended',
        'запуск {run} работает с {since} и взял то, что было готово к его началу: передайте их после его окончания'),
    ('broken off', 'run {run}, begun {since}, broke off and is going to be resumed: hand over when it has ended',
        'запуск {run}, начатый {since}, прерван и будет продолжен: передайте их после его окончания'),
    ('cleared', 'process_tracking is empty, so they are handed over: the next run takes them',
        'process_tracking пуста, то есть строки переданы: их возьмёт следующий запуск'),
    ('unknown marker',
        'process_tracking id={marker} has load_status={load}, ins_inkafka_status={read}: set them to 0 or 1',
        'в process_tracking id={marker} load_status={load}, ins_inkafka_status={read}: установите 0 или 1'),
    ('stopped',
        'the run on process_tracking id={marker} was stopped (ins_inkafka_status=2), hand over again: {message}',
        'запуск по process_tracking id={marker} остановлен (ins_inkafka_status=2), повторите передачу: {message}'),
    ('finished', 'process_tracking id={marker} was read before they were ready: hand over again',
        'process_tracking id={marker} прочитана раньше, чем они были готовы: повторите передачу'),
    ('handed over', 'process_tracking id={marker} has load_status=1: the next run takes them',
        'в process_tracking id={marker} load_status=1: их возьмёт следующий запуск'),
    ('loading', 'process_tracking id={marker} has load_status=0: set it to 1 when they are complete',
        'в process_tracking id={marker} load_status=0: установите 1, когда они готовы')
)
{% macro filled(sentence, placeholders) -%}
{% if placeholders -%}
{% set name, column = placeholders[-1] -%}
{% set value = "coalesce(cast(v.%s as text), '')" | format(column) -%}
replace({{ filled(sentence, placeholders[:-1]) }}, {{ "{%s}" | format(name) | literal }}, {{ value }})
{%- else -%}
{{ sentence }}
{%- endif %}
{%- endmacro %}
select
    v.in_table, v.in_status, v.rows, v.oldest_inserted_date,
    {{ filled("s.english", placeholders) }} as reason,
    {{ filled("s.russian", placeholders) }} as reason_rus
from verdict v
join sentence s on s.why = v.why
