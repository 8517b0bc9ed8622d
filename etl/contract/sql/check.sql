-- Checks the rows that the next run would take, before they are handed over: a row per problem, none when all is well.
-- Company {{ company }}. It only reads; run it as the partner, with any client:  psql -d DATABASE -f check.sql
--   severity error    the run would reject the row            warning  the run would leave out the value
--            note     no error now, but worth a look          codes and cures: see guide.*.md
-- Проверяет строки, которые взял бы следующий запуск, до передачи: по строке на проблему. Только читает.
{% from "shown_value.jinja" import shown_value %}
{% set s = schema | ident %}
{# Texts with a backslash, quoted for either setting of standard_conforming_strings: the session is the partner's. #}
{% set controls %}[\u0001-\u0008\u000b\u000c\u000e-\u001f]{% endset %}
{% set json_pair %}[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}{% endset %}
{% set json_escape %}\\["\\/bfnrt]|\\u(?:(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}|{{ json_pair }}){% endset %}
{% set json_string %}"(?:[^"\\\u0001-\u001f]|{{ json_escape }})*"{% endset %}
{% set json_word %}true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?0*[0-9]{1,4})?{% endset %}
{% set json_space %}[ \t\n\r]+{% endset %}
{% set json_array %}\[(?:[\u0001\u0002](?:,[\u0001\u0002])*)?\]{% endset %}
{% set day %}[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]){% endset %}
{% set second %}:(?:[0-5][0-9]|60)(?:[.][0-9]{1,9})?{% endset %}
{% set time %}(?:(?:[01][0-9]|2[0-3]):[0-5][0-9](?:{{ second }})?|24:00(?::00(?:[.]0{1,9})?)?){% endset %}
{% set zone %}(?:Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?){% endset %}
{# A function of PostgreSQL that takes an array fails for anything else, whatever else the condition says. #}
{% set of_array %}jsonb_array_elements(case when jsonb_typeof(p.json) = 'array' then p.json else '[]' end){% endset %}
{% set of_object %}jsonb_each(case when jsonb_typeof(p.json) = 'object' then p.json else '{}' end){% endset %}
{% set json_object %}\{(?:\u0001:[\u0001\u0002](?:,\u0001:[\u0001\u0002])*)?\}{% endset %}
with recursive
sentence (code, english, russian) as (
    values
{% for code, english, russian in sentences %}
    ({{ code }}, {{ english }},
        {{ russian }}){{ "," if not loop.last }}
{% endfor %}
),
{% for table in tables %}
-- {{ table.name }}: what is ready. A code begins with a letter, so none is named like what is added here.
r{{ loop.index }} as (
    select i.*, nullif(i.in_id, '') as _in_id, nullif(i.out_id, '') as _out_id, i.removed is true as _removed
    from {{ s }}.{{ table.name | ident }} i
    where i.in_status in ('', 'ON_WORK')
),
{% endfor %}
{% if structured %}
-- JSON is judged without a cast, which would end the whole query at the first bad value: strings become chr(1), other
-- scalars chr(2), and what is in brackets becomes chr(2) from the inside out. JSON is what ends as one such mark. What
-- would take long (over a megabyte, over 64 levels) or has numbers that no type holds is left to the run.
structured as materialized (
    select row_number() over () as number, t.*
    from (
{% for table in tables %}{% set outer = loop %}
{% for column in table.columns if column.kind %}
        select {{ "'" ~ column.severity ~ "'" }} as severity, '{{ table.name }}' as in_table, i.id as row_id,
            i._in_id as in_id, '{{ column.name }}' as column_name, '{{ column.kind }}' as kind,
            {{ column.raw }} as written
        from r{{ outer.index }} i
        where {{ column.raw }} is not null and not i._removed and {{ column.code }} is null
            and octet_length({{ column.raw }}) <= 1000000
            and {{ column.raw }} !~ '([0-9]{250}){20}'
{% if column.kind == "languages" %}
            and {{ column.raw }} ~ '^[[:space:]]*[{]'
{% endif %}
        union all
{% endfor %}
{% endfor %}
        select null, null, null, null, null, null, null where false
    ) t
),
marked as (
    select
        number,
        case
            when written ~ {{ controls | literal }} then ''
            else regexp_replace(
                regexp_replace(
                    regexp_replace(
                        written,
                        {{ json_string | literal }},
                        chr(1), 'g'
                    ),
                    {{ json_word | literal }},
                    chr(2), 'g'
                ),
                {{ json_space | literal }}, '', 'g'
            )
        end as skeleton,
        0 as depth
    from structured
),
reduced as (
    select number, skeleton, depth from marked
    union all
    select r.number, n.skeleton, r.depth + 1
    from reduced r
    cross join lateral (
        select regexp_replace(
            regexp_replace(r.skeleton, {{ json_array | literal }}, chr(2), 'g'),
            {{ json_object | literal }}, chr(2), 'g'
        )
    ) n (skeleton)
    where n.skeleton <> r.skeleton and r.depth < 64
),
parsed as materialized (
    select t.*, case when e.skeleton in (chr(1), chr(2)) then cast(t.written as jsonb) end as json
    from structured t
    join (select distinct on (number) number, skeleton, depth from reduced order by number, depth desc) e using (number)
    where e.depth < 64
),
instants as (
    -- A period's ends: null, or an instant that the calendar has.
    select
        p.number,
        bool_and(jsonb_typeof(p.json) = 'object')
            and count(*) filter (
                where jsonb_typeof(e.instant) = 'null'
                    or jsonb_typeof(e.instant) = 'string' and case
                        when e.instant #>> '{}' ~ '^{{ day }}T{{ time }}{{ zone }}$'
                            and left(e.instant #>> '{}', 4) <> '0000'
                        then cast(substr(e.instant #>> '{}', 9, 2) as int) <= extract(
                            day from make_date(
                                cast(left(e.instant #>> '{}', 4) as int),
                                cast(substr(e.instant #>> '{}', 6, 2) as int),
                                1
                            ) + interval '1 month' - interval '1 day'
                        )
                        else false
                    end
            ) = 2 as is_period
    from parsed p
    cross join lateral (values (p.json -> 'startDate'), (p.json -> 'endDate')) as e (instant)
    where p.kind = 'period'
    group by p.number
),
shaped as (
    select
        p.severity, p.in_table, p.row_id, p.in_id, p.column_name, p.written,
        case
            when p.json is null then 'JSON_INVALID'
            when (
                case p.kind
                    when 'period' then n.is_period
                    when 'geo_point' then
                        jsonb_typeof(p.json -> 'lat') = 'number' and jsonb_typeof(p.json -> 'lon') = 'number'
                    when 'checklist' then jsonb_typeof(p.json) = 'array' and not exists (
                        select from {{ of_array }} e (line)
                        where (
                            jsonb_typeof(line -> 'checked') = 'boolean'
                            and jsonb_typeof(line -> 'label') in ('string', 'object')
                        ) is not true
                    )
                    when 'questionnaire' then jsonb_typeof(p.json) = 'array' and not exists (
                        select from {{ of_array }} e (answer)
                        where (
                            jsonb_typeof(answer -> 'rowId') = 'string'
                            and jsonb_typeof(answer -> 'columnId') = 'string'
                        ) is not true
                    )
                    when 'progress_bar' then case jsonb_typeof(p.json)
                        when 'object' then not exists (
                            select from {{ of_object }} e (step, color)
                            where jsonb_typeof(color) <> 'string'
                        )
                        when 'array' then not exists (
                            select from {{ of_array }} e (step)
                            where (
                                jsonb_typeof(step -> 'stepCode') = 'string'
                                and jsonb_typeof(step -> 'color') = 'string'
                            ) is not true
                        )
                    end
                    when 'languages' then jsonb_typeof(p.json) = 'object' and not exists (
                        select from {{ of_object }} e (language, words)
                        where language not in ('RUS', 'KAZ', 'QAZ', 'ENG')
                            or jsonb_typeof(words) not in ('string', 'null')
                    )
                end
            ) is not true then 'JSON_SHAPE'
        end as code
    from parsed p
    left join instants n using (number)
),
{% endif %}
fault (severity, in_table, row_id, in_id, column_name, code, value) as (
{% if structured %}
    select severity, in_table, row_id, in_id, column_name, code, left(written, 200)
    from shaped
    where code is not null
    union all
{% endif %}
{% for table in tables %}{% set row = "r%d" | format(loop.index) %}
    -- {{ table.name }}
    select 'error', '{{ table.name }}', i.id, i._in_id, null, 'NO_ID', null
    from {{ row }} i
    where i._in_id is null and i._out_id is null
    union all
    select 'error', '{{ table.name }}', i.id, i._in_id, null, 'OUT_ID_UNKNOWN', i._out_id
    from {{ row }} i
    where i._out_id !~ '^[A-Za-z0-9@~]{16}$'
    union all
    select 'note', '{{ table.name }}', i.id, i._in_id, 'out_id', 'DUPLICATE_OUT_ID', i._out_id
    from (select *, count(*) over (partition by _out_id) as _duplicates from {{ row }} where _out_id is not null) i
    where i._duplicates > 1
    union all
{% if table.system %}
    select 'error', '{{ table.name }}', i.id, i._in_id, null, 'SYSTEM_FIELD_MISSING', '{{ table.system_names }}'
    from {{ row }} i
    where not i._removed and {{ table.system | map(attribute="missing") | all_of }}
    union all
{% endif %}
{% for column in table.columns %}
{% if column.code %}
    select '{{ column.severity }}', '{{ table.name }}', i.id, i._in_id, '{{ column.name }}', {{ column.code }},
        left(cast({{ column.raw }} as text), 200)
    from {{ row }} i
    where not i._removed and {{ column.code }} is not null
    union all
{% endif %}
{% if column.codes %}
    select 'note', '{{ table.name }}', i.id, i._in_id, '{{ column.name }}', 'OPTION_NOT_HERE', {{ column.raw }}
    from {{ row }} i
    where not i._removed and {{ column.raw }} is not null
      and not exists (
          select from {{ s }}.{{ column.codes[0] | ident }} d where d.{{ column.codes[1] | ident }} = {{ column.raw }}
      )
    union all
{% endif %}
{% if column.is_file %}
    select 'note', '{{ table.name }}', i.id, i._in_id, '{{ column.name }}', 'FILE_NOT_HERE', {{ column.raw }}
    from {{ row }} i
    where not i._removed and {{ column.raw }} is not null and not exists (
        select from {{ s }}.{{ file_storage | ident }} f
        where f.file_id = {{ column.raw }} and octet_length(f.content) <= {{ max_value_bytes }}
    )
    union all
{% endif %}
{% if column.is_required %}
    select 'note', '{{ table.name }}', i.id, i._in_id, '{{ column.name }}', 'REQUIRED_EMPTY', null
    from {{ row }} i
    where not i._removed and nullif(cast({{ column.raw }} as text), '') is null
    union all
{% endif %}
{% endfor %}
{% endfor %}
    -- {{ file_storage }}
    select 'error', '{{ file_storage }}', null, f.file_id, 'content', 'VALUE_TOO_LONG',
        octet_length(f.content) || ' bytes'
    from {{ s }}.{{ file_storage | ident }} f
    where f.uploaded is not true and octet_length(f.content) > {{ max_value_bytes }}
    union all
{% for field in required_links %}
    select 'note', '{{ field.table }}', i.id, nullif(i.in_id, ''), '{{ field.field }}', 'REQUIRED_EMPTY', null
    from {{ s }}.{{ field.table | ident }} i
    where i.in_status in ('', 'ON_WORK') and i.removed is not true
{% for link in field.links %}
      and not exists (
          select from {{ s }}.{{ link | ident }} l
          where l.{{ field.owner_column | ident }} = i.in_id and l.removed is not true
      )
{% endfor %}
    union all
{% endfor %}
{% for link in links %}
    -- {{ link.name }}: ends of nothing but blanks, the first of a row
    select 'error', '{{ link.name }}', null, l.{{ link.owner_column | ident }}, e.name, 'LINK_END_EMPTY',
        l.{{ link.target_column | ident }}
    from {{ s }}.{{ link.name | ident }} l
    cross join lateral (
        select name
        from (
{% for column, table in ((link.owner_column, link.owner), (link.target_column, link.target)) %}
            select {{ loop.index }}, '{{ column }}'
            where l.{{ column | ident }} ~ {{ blank | literal }}
{% if table %}
              and not exists (
                  select from {{ s }}.{{ table | ident }} e where e.in_id = l.{{ column | ident }} and e.in_id <> ''
              )
{% endif %}
            {{ "union all" if not loop.last }}
{% endfor %}
        ) blank (ordinal, name)
        order by ordinal
        limit 1
    ) e
    where l.in_status in ('', 'ON_WORK')
    union all
    -- ends that are in no in_ table; they may have come earlier
{% for column, table in ((link.owner_column, link.owner), (link.target_column, link.target)) if table %}
    select 'note', '{{ link.name }}', null, l.{{ link.owner_column | ident }}, '{{ column }}', 'END_NOT_HERE',
        l.{{ column | ident }}
    from {{ s }}.{{ link.name | ident }} l
    where l.in_status in ('', 'ON_WORK') and l.removed is not true and l.{{ column | ident }} !~ {{ blank | literal }}
      and not exists (
          select from {{ s }}.{{ table | ident }} e where e.in_id = l.{{ column | ident }} and e.in_id <> ''
      )
    union all
{% endfor %}
{% endfor %}
    select null, null, null, null, null, null, null where false
),
problem (severity, in_table, row_id, in_id, column_name, code, value) as (
    select severity, in_table, row_id, in_id, column_name, code, value from fault
{% for table in tables %}{% set row = "r%d" | format(loop.index) %}
{% for column in table.columns if column.is_unique %}
    union all
    -- A run takes rows of one instance one after the other, by their in_id, and at most 50 of them; rows that are
    -- rejected for something else name none.
    select case when i._rank > 50 then 'error' else 'note' end, '{{ table.name }}', i.id, i._in_id,
        case when i._rank <= 50 then '{{ column.name }}' end,
        case when i._rank > 50 then 'TOO_MANY_DUPLICATES' else 'DUPLICATE_VALUE' end,
        case when i._rank <= 50 then left(cast({{ column.raw }} as text), 200) end
    from (
        select i.*, count(*) over same as _duplicates, row_number() over (same order by i._in_id collate "C") as _rank
        from {{ row }} i
        where not i._removed and nullif(cast({{ column.raw }} as text), '') is not null and not exists (
            select from fault f where f.severity = 'error' and f.in_table = '{{ table.name }}' and f.row_id = i.id
        )
        window same as (partition by {{ column.compared }})
    ) i
    where i._duplicates > 1
{% endfor %}
{% endfor %}
)
select
    p.severity, p.in_table, p.row_id, p.in_id, p.column_name, p.code,
{% for language, name in (("english", "message"), ("russian", "message_rus")) %}
    replace(
        replace(s.{{ language }}, '{column}', coalesce(p.column_name, '')), '{value}', {{ shown_value("p.value") }}
    ) as {{ name }}{{ "," if not loop.last }}
{% endfor %}
from problem p
join sentence s on s.code = p.code
order by
    array_position(array['error', 'warning', 'note'], p.severity),
    p.in_table, p.row_id, p.in_id, p.column_name, p.code;
