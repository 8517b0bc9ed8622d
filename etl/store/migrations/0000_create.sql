-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- The fixed tables and functions of a golden store, as they were before migrations were recorded.
-- The fixed tables of a golden store. Tables of business objects begin with bo_, of link fields with link_, so none of
-- these names can meet a code.
create table {{ schema | ident }}.journal (
    n bigserial not null,
    written_by xid8 not null default pg_current_xact_id(),
    run bigint,
    bo varchar(63) not null,
    field varchar(63),
    instance varchar(16) collate "C" not null,
    target varchar(16) collate "C",
    change varchar(8) not null,
    before jsonb
);
-- Readers ask for what transactions after a snapshot wrote, cleaning for the oldest. `n` is for the order of one instance's
-- changes; an index on it would cost every change as much as its row.
create index journal_written_by on {{ schema | ident }}.journal (written_by);
-- The highest number that a unit of work on this store (a run, an undo) has had: numbers only rise, whatever clocks say.
create table {{ schema | ident }}.unit_number (
    only_row bool primary key default true check (only_row),
    highest bigint not null
);
-- Further external ids of an instance, beside the one in its own row.
create table {{ schema | ident }}.alias (
    bo varchar(63) not null,
    in_id varchar(100) collate "C" not null,
    instance varchar(16) collate "C" not null,
    run bigint not null,
    primary key (bo, in_id)
);
-- By which ids an instance is known: asked for the owners of a replaced set of links.
create index alias_instance on {{ schema | ident }}.alias (instance);
-- Links whose end has not arrived (guide, in_migration.boi_reference).
create table {{ schema | ident }}.boi_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    target_bo varchar(63) not null,
    owner_in_id varchar(100) collate "C" not null,
    target_in_id varchar(100) collate "C" not null,
    linked_at timestamp with time zone not null,
    run bigint not null,
    waiting_since timestamp with time zone not null default clock_timestamp(),
    restored_by bigint,
    primary key (bo, field, target_bo, owner_in_id, target_in_id)
);
-- Arrivals ask who waits for them, the clock asks who has waited too long.
create index boi_reference_target on {{ schema | ident }}.boi_reference (bo, field, target_bo, target_in_id);
-- See above.
create index boi_reference_waiting_since on {{ schema | ident }}.boi_reference (waiting_since);
-- Up to where links that wait have been looked up for what arrived: for the instances that transactions before `position`
-- created. A transaction number means nothing without its server: `place` says which server, database and journal it is of.
create table {{ schema | ident }}.links_served (
    only_row bool primary key default true check (only_row),
    place text,
    position xid8
);
-- Its one row.
insert into {{ schema | ident }}.links_served default values;
-- One copy per content; `sha256` is the judge. The name is that of its first file.
create table {{ schema | ident }}.file_storage (
    _id varchar(16) collate "C" primary key,
    sha256 bytea not null unique,
    file_name varchar(300),
    mime_type varchar(100),
    content bytea not null,
    stored_at timestamp with time zone not null default clock_timestamp()
);
-- Files as they are named: a content that came under several names is several files, and its bytes are kept once.
create table {{ schema | ident }}.stored_file (
    _id varchar(16) collate "C" primary key,
    content varchar(16) collate "C" not null,
    file_name varchar(300),
    mime_type varchar(100),
    stored_at timestamp with time zone not null default clock_timestamp()
);
-- One file per content, name and type; null is a name too.
create unique index stored_file_content on {{ schema | ident }}.stored_file
    (content, coalesce(file_name, ''), coalesce(mime_type, ''), (file_name is null), (mime_type is null));
-- Which stored file a partner's file_id means; it outlives the partner's clearing of in_fileStorage.
-- run: which one gave it this meaning (0: before that was noted).
create table {{ schema | ident }}.file_alias (
    file_id varchar(32) collate "C" primary key,
    file varchar(16) collate "C" not null,
    run bigint not null default 0
);
-- Fields whose file has not arrived: one wait per field of an instance.
create table {{ schema | ident }}.file_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    file_id varchar(32) collate "C" not null,
    run bigint not null,
    waiting_since timestamp with time zone not null default clock_timestamp(),
    primary key (bo, field, instance)
);
-- Which run an undo has taken back: at most one undo of a run counts, unless that undo is itself taken back.
create table {{ schema | ident }}.undone_run (
    as_run bigint primary key,
    run bigint not null
);
-- An undo brings waiting links back; every run looks for the ends of these, as they may be there already.
create index boi_reference_restored_by on {{ schema | ident }}.boi_reference (restored_by)
where restored_by is not null;
-- What waits no longer, and what ids mean no longer, each with the run that ended it: an undo of that run needs them.
-- What one run both began and ended is not noted. They are cleaned like the journal.
create table {{ schema | ident }}.ended_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    target_bo varchar(63) not null,
    owner_in_id varchar(100) collate "C" not null,
    target_in_id varchar(100) collate "C" not null,
    linked_at timestamp with time zone not null,
    run bigint not null,
    waiting_since timestamp with time zone not null,
    ended_by bigint not null
);
-- See above.
create index ended_reference_ended_by on {{ schema | ident }}.ended_reference (ended_by);
-- See above.
create table {{ schema | ident }}.ended_file_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    file_id varchar(32) collate "C" not null,
    run bigint not null,
    waiting_since timestamp with time zone not null,
    ended_by bigint not null
);
-- See above.
create index ended_file_reference_ended_by on {{ schema | ident }}.ended_file_reference (ended_by);
-- See above.
create table {{ schema | ident }}.ended_alias (
    bo varchar(63) not null,
    in_id varchar(100) collate "C" not null,
    instance varchar(16) collate "C" not null,
    run bigint not null,
    ended_by bigint not null
);
-- See above.
create index ended_alias_ended_by on {{ schema | ident }}.ended_alias (ended_by);
-- See above.
create table {{ schema | ident }}.ended_file_alias (
    file_id varchar(32) collate "C" not null,
    file varchar(16) collate "C" not null,
    run bigint not null,
    ended_by bigint not null
);
-- See above.
create index ended_file_alias_ended_by on {{ schema | ident }}.ended_file_alias (ended_by);
-- The permanent copy of the runs' errors (guide, COPY_ERR). Ids begin again with an import schema that is created again; runs
-- never do.
create table {{ schema | ident }}.err (
    id bigint not null,
    run bigint not null,
    in_table varchar(63) not null,
    row_id bigint,
    in_id varchar(100),
    column_name varchar(63),
    code varchar(32) not null,
    message text not null,
    message_rus text not null,
    value text,
    severity varchar(8) not null,
    created_at timestamp with time zone not null,
    primary key (run, id)
);
-- The one row of unit_number.
insert into {{ schema | ident }}.unit_number (highest) values (0);
{# Each function answers null for a good value, else the code of its fault (etl/merge/errors/catalogue.py). It raises for no text
   whatever: jsonb has limits of its own (nesting, size, \u0000, lone surrogates), and a subtransaction per value is the
   price of not meeting them in the middle of a merge. What the server lacks (memory, disk) is no fault of a value. #}
{% macro shape(name) %}
create function {{ schema | ident }}.{{ name }}_fault(written text) returns text
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
create function {{ schema | ident }}.same_json(one text, other text) returns boolean
language plpgsql immutable parallel restricted strict set search_path = pg_catalog
as $body$
begin
    return cast(one as jsonb) = cast(other as jsonb);
exception
    when insufficient_resources then raise;
    when others then return one = other;
end
$body$
