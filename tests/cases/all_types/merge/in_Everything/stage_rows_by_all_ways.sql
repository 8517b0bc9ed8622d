-- A chunk's claimed rows as they are now, each with its golden instance, its values as read, and its action. Every
-- condition on a row is evaluated once, here. `exact` matches in all ways; without it only by in_id, which suffices for
-- nearly every chunk and costs one join instead of four.
create temporary table stage on commit drop as
with
lookup_11 as materialized (
    -- A code takes precedence over an equal id of another row; a code too long for the column is stored as its id.
    select distinct on (written) written, stored
    from (
        select code as written, code as stored, 1 as rank
        from store_demo.bo_Kind
        where _state <> 'REMOVED' and char_length(code) <= 32
        union all
        select _id collate "default", case when char_length(code) <= 32 then code else _id collate "default" end, 2
        from store_demo.bo_Kind
        where _state <> 'REMOVED'
    ) known
    order by written, rank
),
lookup_12 as materialized (
    select pair ->> 0 as written, pair ->> 1 as stored
    from jsonb_array_elements(cast(:options_lookup_12 as jsonb)) as pair
),
lookup_18 as materialized (
    select file_id collate "default" as written, file collate "default" as stored
    from store_demo.file_alias
),

candidates as (
    select
        i.id as _row, i.ctid as _source_row, i.xmin as _version,
        nullif(i.in_id, '') collate "C" as _in_id, nullif(i.out_id, '') collate "C" as _out_id,
        coalesce(i.removed, false) as _removed,
        g._id as _known, g.xmin as _known_version, g._state as _known_state,
        case
            when nullif(i.out_id, '') is not null and o._id is null then 'OUT_ID_UNKNOWN'
            when o._id <> coalesce(b._id, a.instance) then 'IN_ID_TAKEN'
        end as _fault,
        g._id is not null and nullif(i.in_id, '') is not null and b._id is null and a.instance is null as _aliased,
        coalesce(o._id, b._id, a.instance) is null as _is_weak,
        case
            when coalesce(o._id, b._id, a.instance) is not null then null
        end as _by,
        case
            when ((case when octet_length(i.f_input_text) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        or (case when octet_length(i.f_textarea) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        or (i.f_input_number is not distinct from 'NaN')
        or (case when octet_length(i.f_period) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period is not null then store_demo.period_fault(i.f_period) end is not null)
        or (case when octet_length(i.f_period_time) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period_time is not null then store_demo.period_fault(i.f_period_time) end is not null)
        or (i.f_dropdown_single is not null and lookup_11.stored is null)
        or (i.f_radio_button_group is not null and lookup_12.stored is null)
        or (case when octet_length(i.f_checklist) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_checklist is not null then store_demo.checklist_fault(i.f_checklist) end is not null)
        or (case when octet_length(i.f_questionnaire) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_questionnaire is not null then store_demo.questionnaire_fault(i.f_questionnaire) end is not null)
        or (case when octet_length(i.f_progress_bar) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_progress_bar is not null then store_demo.progress_bar_fault(i.f_progress_bar) end is not null)
        or (case when octet_length(i.f_geo_point) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_geo_point is not null then store_demo.geo_point_fault(i.f_geo_point) end is not null)
        or (case when octet_length(i.f_link) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        or (case when octet_length(i.f_input_email) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        or (case when octet_length(i.f_input_phone) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        or (case when octet_length(i.f_input_text_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_input_text_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_input_text_lang) end is not null)
        or (case when octet_length(i.f_textarea_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_textarea_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_textarea_lang) end is not null))
            then array[(case when octet_length(i.f_input_text) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null),
        (case when octet_length(i.f_textarea) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null),
        (i.f_input_number is not distinct from 'NaN'),
        (case when octet_length(i.f_period) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period is not null then store_demo.period_fault(i.f_period) end is not null),
        (case when octet_length(i.f_period_time) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period_time is not null then store_demo.period_fault(i.f_period_time) end is not null),
        (i.f_dropdown_single is not null and lookup_11.stored is null),
        (i.f_radio_button_group is not null and lookup_12.stored is null),
        (case when octet_length(i.f_checklist) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_checklist is not null then store_demo.checklist_fault(i.f_checklist) end is not null),
        (case when octet_length(i.f_questionnaire) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_questionnaire is not null then store_demo.questionnaire_fault(i.f_questionnaire) end is not null),
        (case when octet_length(i.f_progress_bar) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_progress_bar is not null then store_demo.progress_bar_fault(i.f_progress_bar) end is not null),
        (case when octet_length(i.f_geo_point) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_geo_point is not null then store_demo.geo_point_fault(i.f_geo_point) end is not null),
        (case when octet_length(i.f_link) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null),
        (case when octet_length(i.f_input_email) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null),
        (case when octet_length(i.f_input_phone) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null),
        (case when octet_length(i.f_input_text_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_input_text_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_input_text_lang) end is not null),
        (case when octet_length(i.f_textarea_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_textarea_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_textarea_lang) end is not null)]
        end as _bad,
        (i.f_file_upload is not null and lookup_18.stored is null) as _waits_f_file_upload,
        i.f_file_upload as _file_f_file_upload,
        array[(not (((i.f_input_number is not distinct from 'NaN')))),
        (not ((i.f_file_upload is not null and lookup_18.stored is null)))] as _sets_value,
        i.f_input_text as f_input_text,
        i.f_textarea as f_textarea,
        case when (i.f_input_number is not distinct from 'NaN') then g.f_input_number else i.f_input_number end as f_input_number,
        i.f_checkbox as f_checkbox,
        case when i.f_date between timestamp with time zone '4711-01-01 00:00+00 BC' and timestamp with time zone '294276-01-01 00:00+00' then date_trunc('day', (i.f_date at time zone 'UTC' + make_interval(mins => 300))) at time zone 'UTC' else i.f_date end as f_date,
        i.f_full_date as f_full_date,
        i.f_time as f_time,
        i.f_year as f_year,
        i.f_year_and_month as f_year_and_month,
        case when i.f_period <> g.f_period then case when store_demo.same_json(g.f_period, i.f_period) then g.f_period else i.f_period end else i.f_period end as f_period,
        case when i.f_period_time <> g.f_period_time then case when store_demo.same_json(g.f_period_time, i.f_period_time) then g.f_period_time else i.f_period_time end else i.f_period_time end as f_period_time,
        lookup_11.stored as f_dropdown_single,
        lookup_12.stored as f_radio_button_group,
        case when i.f_checklist <> g.f_checklist then case when store_demo.same_json(g.f_checklist, i.f_checklist) then g.f_checklist else i.f_checklist end else i.f_checklist end as f_checklist,
        case when i.f_questionnaire <> g.f_questionnaire then case when store_demo.same_json(g.f_questionnaire, i.f_questionnaire) then g.f_questionnaire else i.f_questionnaire end else i.f_questionnaire end as f_questionnaire,
        case when i.f_progress_bar <> g.f_progress_bar then case when store_demo.same_json(g.f_progress_bar, i.f_progress_bar) then g.f_progress_bar else i.f_progress_bar end else i.f_progress_bar end as f_progress_bar,
        case when i.f_geo_point <> g.f_geo_point then case when store_demo.same_json(g.f_geo_point, i.f_geo_point) then g.f_geo_point else i.f_geo_point end else i.f_geo_point end as f_geo_point,
        i.f_link as f_link,
        case when (i.f_file_upload is not null and lookup_18.stored is null) then g.f_file_upload else lookup_18.stored end as f_file_upload,
        i.f_input_email as f_input_email,
        i.f_input_phone as f_input_phone,
        case when i.f_input_text_lang <> g.f_input_text_lang then case when case when g.f_input_text_lang ~ '^\s*[{]' then store_demo.same_json(g.f_input_text_lang, i.f_input_text_lang) else false end then g.f_input_text_lang else i.f_input_text_lang end else i.f_input_text_lang end as f_input_text_lang,
        case when i.f_textarea_lang <> g.f_textarea_lang then case when case when g.f_textarea_lang ~ '^\s*[{]' then store_demo.same_json(g.f_textarea_lang, i.f_textarea_lang) else false end then g.f_textarea_lang else i.f_textarea_lang end else i.f_textarea_lang end as f_textarea_lang,
        g._id is not null and ((g.f_input_text is distinct from i.f_input_text
        or g.f_textarea is distinct from i.f_textarea
        or g.f_input_number is distinct from case when (i.f_input_number is not distinct from 'NaN') then g.f_input_number else i.f_input_number end
        or g.f_checkbox is distinct from i.f_checkbox
        or g.f_date is distinct from case when i.f_date between timestamp with time zone '4711-01-01 00:00+00 BC' and timestamp with time zone '294276-01-01 00:00+00' then date_trunc('day', (i.f_date at time zone 'UTC' + make_interval(mins => 300))) at time zone 'UTC' else i.f_date end
        or g.f_full_date is distinct from i.f_full_date
        or g.f_time is distinct from i.f_time or g.f_year is distinct from i.f_year
        or g.f_year_and_month is distinct from i.f_year_and_month
        or g.f_period is distinct from case when i.f_period <> g.f_period then case when store_demo.same_json(g.f_period, i.f_period) then g.f_period else i.f_period end else i.f_period end
        or g.f_period_time is distinct from case when i.f_period_time <> g.f_period_time then case when store_demo.same_json(g.f_period_time, i.f_period_time) then g.f_period_time else i.f_period_time end else i.f_period_time end
        or g.f_dropdown_single is distinct from lookup_11.stored
        or g.f_radio_button_group is distinct from lookup_12.stored
        or g.f_checklist is distinct from case when i.f_checklist <> g.f_checklist then case when store_demo.same_json(g.f_checklist, i.f_checklist) then g.f_checklist else i.f_checklist end else i.f_checklist end
        or g.f_questionnaire is distinct from case when i.f_questionnaire <> g.f_questionnaire then case when store_demo.same_json(g.f_questionnaire, i.f_questionnaire) then g.f_questionnaire else i.f_questionnaire end else i.f_questionnaire end
        or g.f_progress_bar is distinct from case when i.f_progress_bar <> g.f_progress_bar then case when store_demo.same_json(g.f_progress_bar, i.f_progress_bar) then g.f_progress_bar else i.f_progress_bar end else i.f_progress_bar end
        or g.f_geo_point is distinct from case when i.f_geo_point <> g.f_geo_point then case when store_demo.same_json(g.f_geo_point, i.f_geo_point) then g.f_geo_point else i.f_geo_point end else i.f_geo_point end
        or g.f_link is distinct from i.f_link
        or g.f_file_upload is distinct from case when (i.f_file_upload is not null and lookup_18.stored is null) then g.f_file_upload else lookup_18.stored end
        or g.f_input_email is distinct from i.f_input_email
        or g.f_input_phone is distinct from i.f_input_phone
        or g.f_input_text_lang is distinct from case when i.f_input_text_lang <> g.f_input_text_lang then case when case when g.f_input_text_lang ~ '^\s*[{]' then store_demo.same_json(g.f_input_text_lang, i.f_input_text_lang) else false end then g.f_input_text_lang else i.f_input_text_lang end else i.f_input_text_lang end
        or g.f_textarea_lang is distinct from case when i.f_textarea_lang <> g.f_textarea_lang then case when case when g.f_textarea_lang ~ '^\s*[{]' then store_demo.same_json(g.f_textarea_lang, i.f_textarea_lang) else false end then g.f_textarea_lang else i.f_textarea_lang end else i.f_textarea_lang end)) as _differs
    from in_tables.in_Everything i
    left join store_demo.bo_Everything o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_Everything b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join lookup_11 on lookup_11.written = i.f_dropdown_single
    left join lookup_12 on lookup_12.written = i.f_radio_button_group
    left join lookup_18 on lookup_18.written = i.f_file_upload

    left join store_demo.bo_Everything g
        on g._id = coalesce(coalesce(o._id, b._id, a.instance))

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
    offset 0 -- evaluated once per row, not where a column is named: large JSON is slow to check
)
select
    _row, _source_row, _version, _in_id, _out_id, _removed, _known, _known_version, _fault, _aliased,
    _bad,
    _waits_f_file_upload, _file_f_file_upload,
    _is_weak, _by, false as _loses, cast(null as text) as _winner,
    _sets_value,
    -- Values that no statement writes are left out.
    case when _action in ('created', 'changed') then f_input_text end
        as f_input_text,
    case when _action in ('created', 'changed') then f_textarea end
        as f_textarea,
    case when _action in ('created', 'changed') then f_input_number end
        as f_input_number,
    case when _action in ('created', 'changed') then f_checkbox end
        as f_checkbox,
    case when _action in ('created', 'changed') then f_date end
        as f_date,
    case when _action in ('created', 'changed') then f_full_date end
        as f_full_date,
    case when _action in ('created', 'changed') then f_time end
        as f_time,
    case when _action in ('created', 'changed') then f_year end
        as f_year,
    case when _action in ('created', 'changed') then f_year_and_month end
        as f_year_and_month,
    case when _action in ('created', 'changed') then f_period end
        as f_period,
    case when _action in ('created', 'changed') then f_period_time end
        as f_period_time,
    case when _action in ('created', 'changed') then f_dropdown_single end
        as f_dropdown_single,
    case when _action in ('created', 'changed') then f_radio_button_group end
        as f_radio_button_group,
    case when _action in ('created', 'changed') then f_checklist end
        as f_checklist,
    case when _action in ('created', 'changed') then f_questionnaire end
        as f_questionnaire,
    case when _action in ('created', 'changed') then f_progress_bar end
        as f_progress_bar,
    case when _action in ('created', 'changed') then f_geo_point end
        as f_geo_point,
    case when _action in ('created', 'changed') then f_link end
        as f_link,
    case when _action in ('created', 'changed') then f_file_upload end
        as f_file_upload,
    case when _action in ('created', 'changed') then f_input_email end
        as f_input_email,
    case when _action in ('created', 'changed') then f_input_phone end
        as f_input_phone,
    case when _action in ('created', 'changed') then f_input_text_lang end
        as f_input_text_lang,
    case when _action in ('created', 'changed') then f_textarea_lang end
        as f_textarea_lang,
    case
        when _action = 'rejected' and not _removed and _fault is null
        then case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('in_tables.in_Everything' as regclass)
)
                    or (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('store_demo.bo_Everything' as regclass)
)
                then cast(0 as bigint) + coalesce(octet_length(f_input_text), 0)
        + coalesce(octet_length(f_textarea), 0) + coalesce(octet_length(f_period), 0)
        + coalesce(octet_length(f_period_time), 0)
        + coalesce(octet_length(f_checklist), 0)
        + coalesce(octet_length(f_questionnaire), 0)
        + coalesce(octet_length(f_progress_bar), 0)
        + coalesce(octet_length(f_geo_point), 0) + coalesce(octet_length(f_link), 0)
        + coalesce(octet_length(f_input_email), 0)
        + coalesce(octet_length(f_input_phone), 0)
        + coalesce(octet_length(f_input_text_lang), 0)
        + coalesce(octet_length(f_textarea_lang), 0)
            end
    end as _row_bytes,
    _action,
    case
        when _action = 'created' then :new_ids || to_hex(1048575 + row_number() over (order by case when _action = 'created' then _in_id end))
        when _action <> 'rejected' then _known
    end as _instance,
    not _removed and _action <> 'rejected' and (_bad[3]) as _skips
from (
    select
        candidates.*,
        case
            when _in_id is null and _out_id is null then 'rejected'
            when _fault is not null then 'rejected'
            when _removed then case when _known is null or _known_state = 'REMOVED' then 'unchanged' else 'removed' end
            when (_bad[1] or _bad[2] or _bad[4] or _bad[5] or _bad[6] or _bad[7] or _bad[8]
        or _bad[9] or _bad[10] or _bad[11] or _bad[12] or _bad[13] or _bad[14]
        or _bad[15] or _bad[16]) then 'rejected'
            when _known is not null and _known_state <> 'REMOVED' and not _differs then 'unchanged'
            when case
                when (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('in_tables.in_Everything' as regclass)
)
                    or (
    select pg_relation_size(c.reltoastrelid) > 0 or :max_row_bytes < 255 * cast(current_setting('block_size') as int)
    from pg_class c
    where c.oid = cast('store_demo.bo_Everything' as regclass)
)
                then cast(0 as bigint) + coalesce(octet_length(f_input_text), 0)
        + coalesce(octet_length(f_textarea), 0) + coalesce(octet_length(f_period), 0)
        + coalesce(octet_length(f_period_time), 0)
        + coalesce(octet_length(f_checklist), 0)
        + coalesce(octet_length(f_questionnaire), 0)
        + coalesce(octet_length(f_progress_bar), 0)
        + coalesce(octet_length(f_geo_point), 0) + coalesce(octet_length(f_link), 0)
        + coalesce(octet_length(f_input_email), 0)
        + coalesce(octet_length(f_input_phone), 0)
        + coalesce(octet_length(f_input_text_lang), 0)
        + coalesce(octet_length(f_textarea_lang), 0)
            end > :max_row_bytes then 'rejected'
            when _known is null then 'created'
            else 'changed'
        end as _action
    from candidates
    offset 0 -- evaluated once per row, not where it is named
) verdicts