{# Each function answers null for a good value, else the code of its fault (etl/merge/errors/catalogue.py). It raises
   for no text: jsonb has limits of its own (nesting, size, \u0000, lone surrogates), and a subtransaction per value is
   the price of not meeting them in the middle of a merge. A lack of memory or disk is no fault of a value. #}
{% macro shape(name) %}
create or replace function {{ schema | ident }}.{{ name }}_fault(written text) returns text
language plpgsql immutable parallel restricted strict set search_path = pg_catalog
as $body$
declare
    parsed jsonb;
    fault text := 'JSON_INVALID';
begin
    parsed := cast(written as jsonb);
    fault := 'JSON_SHAPE';
    if ({{ caller() }}) then
        return null;
    end if;
    return fault;
exception
    when insufficient_resources then raise;
    when others then return fault;
end
$body$
{%- endmacro %}
-- PERIOD, PERIOD_TIME: {"startDate": …, "endDate": …}, ISO instants with their zone, or null.
{% call shape("period") %}
parsed ?& array['startDate', 'endDate'] and not exists (
        select from (values (parsed -> 'startDate'), (parsed -> 'endDate')) as e (instant)
        where (
            instant = 'null'
            or jsonb_typeof(instant) = 'string'
            and instant #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$'
            and isfinite(cast(instant #>> '{}' as timestamp with time zone))
        ) is not true
    )
{%- endcall %};
-- GEO_POINT: {"lat": number, "lon": number}.
{% call shape("geo_point") %}
jsonb_typeof(parsed -> 'lat') = 'number' and jsonb_typeof(parsed -> 'lon') = 'number'
{%- endcall %};
-- CHECKLIST: [{"label": …, "checked": bool}], a label being a text or a text per language.
{% call shape("checklist") %}
jsonb_typeof(parsed) = 'array' and not exists (
        select from jsonb_array_elements(parsed) as e (line)
        where (jsonb_typeof(line -> 'checked') = 'boolean' and jsonb_typeof(line -> 'label') in ('string', 'object'))
            is not true
    )
{%- endcall %};
-- QUESTIONNAIRE: [{"rowId": text, "columnId": text}].
{% call shape("questionnaire") %}
jsonb_typeof(parsed) = 'array' and not exists (
        select from jsonb_array_elements(parsed) as e (answer)
        where (jsonb_typeof(answer -> 'rowId') = 'string' and jsonb_typeof(answer -> 'columnId') = 'string')
            is not true
    )
{%- endcall %};
-- PROGRESS_BAR: {"<stepCode>": color} as the platform takes it, or [{"stepCode": …, "color": …}] as it gives it.
{% call shape("progress_bar") %}
case jsonb_typeof(parsed)
        when 'object' then
            not exists (select from jsonb_each(parsed) as e (step, color) where jsonb_typeof(color) <> 'string')
        when 'array' then
            not exists (
                select from jsonb_array_elements(parsed) as e (step)
                where (jsonb_typeof(step -> 'stepCode') = 'string' and jsonb_typeof(step -> 'color') = 'string')
                    is not true
            )
    end
{%- endcall %};
-- INPUT_TEXT_LANG, TEXTAREA_LANG: {"RUS": text, …} with the platform's four languages; a language may be null.
{% call shape("languages") %}
jsonb_typeof(parsed) = 'object' and not exists (
        select from jsonb_each(parsed) as e (language, words)
        where language not in ('RUS', 'KAZ', 'QAZ', 'ENG') or jsonb_typeof(words) not in ('string', 'null')
    )
{%- endcall %};
-- Whether two texts are one JSON value: blanks, the order of keys, escapes and the writing of numbers do not count, and of
-- a key that comes twice the last one does, as when the platform reads it. What jsonb cannot hold is compared as text.
create or replace function {{ schema | ident }}.same_json(one text, other text) returns boolean
language plpgsql immutable parallel restricted strict set search_path = pg_catalog
as $body$
begin
    return cast(one as jsonb) = cast(other as jsonb);
exception
    when insufficient_resources then raise;
    when others then return one = other;
end
$body$
