-- As pass_repeated, where there are enough rows that the store is best read once: one hash join finds them, and they
-- are written in the order of their places. In the order of the join each row would bring another page of the in_
-- table. A full join cannot be a nested loop, whatever the statistics say, and `writing_by_ctid` leaves the update only
-- one plan: to fetch row by row by ctid. A row that the partner has rewritten meanwhile has another xmin.
update in_tables.in_Everything i
set in_status = 'DONE', out_id = s._id
from (
    select i._ctid, i._xmin, g._id
    from (
        select i.*, i.ctid as _ctid, i.xmin as _xmin
        from in_tables.in_Everything i
        where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
    ) i
    full join (
        select _in_id, _id, _state, f_input_text, f_textarea, f_input_number, f_checkbox,
        f_date, f_full_date, f_time, f_year, f_year_and_month, f_period, f_period_time,
        f_dropdown_single, f_radio_button_group, f_checklist, f_questionnaire,
        f_progress_bar, f_geo_point, f_link, f_file_upload, f_input_email, f_input_phone,
        f_input_text_lang, f_textarea_lang
        from store_demo.bo_Everything
        offset 0
    ) g on g._in_id = i.in_id collate "C"
    where case when i._ctid is not null and g._id is not null
            and case when i.in_id <> '' and not coalesce(i.removed, false)
        and not (case when octet_length(i.f_input_text) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        and not (case when octet_length(i.f_textarea) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        and not (i.f_input_number is not distinct from 'NaN')
        and not (case when octet_length(i.f_period) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period is not null then store_demo.period_fault(i.f_period) end is not null)
        and not (case when octet_length(i.f_period_time) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period_time is not null then store_demo.period_fault(i.f_period_time) end is not null)
        and (i.f_dropdown_single is null or i.f_dropdown_single in (select code from store_demo.bo_Kind where _state <> 'REMOVED' and char_length(code) <= 32))
        and (i.f_radio_button_group is null or i.f_radio_button_group in (select pair ->> 0 from jsonb_array_elements(cast(:options_lookup_12 as jsonb)) pair where pair ->> 0 = pair ->> 1))
        and not (case when octet_length(i.f_checklist) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_checklist is not null then store_demo.checklist_fault(i.f_checklist) end is not null)
        and not (case when octet_length(i.f_questionnaire) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_questionnaire is not null then store_demo.questionnaire_fault(i.f_questionnaire) end is not null)
        and not (case when octet_length(i.f_progress_bar) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_progress_bar is not null then store_demo.progress_bar_fault(i.f_progress_bar) end is not null)
        and not (case when octet_length(i.f_geo_point) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_geo_point is not null then store_demo.geo_point_fault(i.f_geo_point) end is not null)
        and not (case when octet_length(i.f_link) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        and not (case when octet_length(i.f_input_email) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        and not (case when octet_length(i.f_input_phone) > :max_value_bytes then 'VALUE_TOO_LONG' end is not null)
        and not (case when octet_length(i.f_input_text_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_input_text_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_input_text_lang) end is not null)
        and not (case when octet_length(i.f_textarea_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_textarea_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_textarea_lang) end is not null)
    then true else false end
            and case when g._state <> 'REMOVED' and coalesce(nullif(i.out_id, '') collate "C", g._id) = g._id
        and g.f_input_text is not distinct from i.f_input_text
        and g.f_textarea is not distinct from i.f_textarea
        and g.f_input_number is not distinct from i.f_input_number
        and g.f_checkbox is not distinct from i.f_checkbox
        and g.f_date is not distinct from case when i.f_date between timestamp with time zone '4711-01-01 00:00+00 BC' and timestamp with time zone '294276-01-01 00:00+00' then date_trunc('day', (i.f_date at time zone 'UTC' + make_interval(mins => 300))) at time zone 'UTC' else i.f_date end
        and g.f_full_date is not distinct from i.f_full_date
        and g.f_time is not distinct from i.f_time
        and g.f_year is not distinct from i.f_year
        and g.f_year_and_month is not distinct from i.f_year_and_month
        and case when g.f_period is not distinct from i.f_period then true else store_demo.same_json(g.f_period, i.f_period) end
        and case when g.f_period_time is not distinct from i.f_period_time then true else store_demo.same_json(g.f_period_time, i.f_period_time) end
        and g.f_dropdown_single is not distinct from i.f_dropdown_single
        and g.f_radio_button_group is not distinct from i.f_radio_button_group
        and case when g.f_checklist is not distinct from i.f_checklist then true else store_demo.same_json(g.f_checklist, i.f_checklist) end
        and case when g.f_questionnaire is not distinct from i.f_questionnaire then true else store_demo.same_json(g.f_questionnaire, i.f_questionnaire) end
        and case when g.f_progress_bar is not distinct from i.f_progress_bar then true else store_demo.same_json(g.f_progress_bar, i.f_progress_bar) end
        and case when g.f_geo_point is not distinct from i.f_geo_point then true else store_demo.same_json(g.f_geo_point, i.f_geo_point) end
        and g.f_link is not distinct from i.f_link
        and g.f_file_upload is not distinct from None
        and g.f_input_email is not distinct from i.f_input_email
        and g.f_input_phone is not distinct from i.f_input_phone
        and case when g.f_input_text_lang is not distinct from i.f_input_text_lang then true else case when g.f_input_text_lang ~ '^\s*[{]' then store_demo.same_json(g.f_input_text_lang, i.f_input_text_lang) else false end end
        and case when g.f_textarea_lang is not distinct from i.f_textarea_lang then true else case when g.f_textarea_lang ~ '^\s*[{]' then store_demo.same_json(g.f_textarea_lang, i.f_textarea_lang) else false end end
    then true else false end
        then true else false end
    order by i._ctid
) s
where i.ctid = s._ctid and i.xmin = s._xmin