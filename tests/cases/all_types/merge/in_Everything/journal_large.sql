-- The replaced values of an instance with more text than one row of the journal holds (jsonb ends at 256 MB): field by
-- field, before the update. Unique values, which are short, are in the update's own row.
insert into store_demo.journal (run, bo, instance, change, before, origin)
select :run, :bo, o._id, 'changed', v.before, cast(s._row as text)
from stage s
join store_demo.bo_Everything o on o._id = s._known
cross join lateral (values
    (
        case
            when o.f_input_text is distinct from s.f_input_text
            then jsonb_build_object('f_input_text', o.f_input_text)
        end
    ),
    (
        case
            when o.f_textarea is distinct from s.f_textarea
            then jsonb_build_object('f_textarea', o.f_textarea)
        end
    ),
    (
        case
            when o.f_input_number is distinct from s.f_input_number
            then jsonb_build_object('f_input_number', o.f_input_number)
        end
    ),
    (
        case
            when o.f_checkbox is distinct from s.f_checkbox
            then jsonb_build_object('f_checkbox', o.f_checkbox)
        end
    ),
    (
        case
            when o.f_date is distinct from s.f_date
            then jsonb_build_object('f_date', o.f_date)
        end
    ),
    (
        case
            when o.f_full_date is distinct from s.f_full_date
            then jsonb_build_object('f_full_date', o.f_full_date)
        end
    ),
    (
        case
            when o.f_time is distinct from s.f_time
            then jsonb_build_object('f_time', o.f_time)
        end
    ),
    (
        case
            when o.f_year is distinct from s.f_year
            then jsonb_build_object('f_year', o.f_year)
        end
    ),
    (
        case
            when o.f_year_and_month is distinct from s.f_year_and_month
            then jsonb_build_object('f_year_and_month', o.f_year_and_month)
        end
    ),
    (
        case
            when o.f_period is distinct from s.f_period
            then jsonb_build_object('f_period', o.f_period)
        end
    ),
    (
        case
            when o.f_period_time is distinct from s.f_period_time
            then jsonb_build_object('f_period_time', o.f_period_time)
        end
    ),
    (
        case
            when o.f_dropdown_single is distinct from s.f_dropdown_single
            then jsonb_build_object('f_dropdown_single', o.f_dropdown_single)
        end
    ),
    (
        case
            when o.f_radio_button_group is distinct from s.f_radio_button_group
            then jsonb_build_object('f_radio_button_group', o.f_radio_button_group)
        end
    ),
    (
        case
            when o.f_checklist is distinct from s.f_checklist
            then jsonb_build_object('f_checklist', o.f_checklist)
        end
    ),
    (
        case
            when o.f_questionnaire is distinct from s.f_questionnaire
            then jsonb_build_object('f_questionnaire', o.f_questionnaire)
        end
    ),
    (
        case
            when o.f_progress_bar is distinct from s.f_progress_bar
            then jsonb_build_object('f_progress_bar', o.f_progress_bar)
        end
    ),
    (
        case
            when o.f_geo_point is distinct from s.f_geo_point
            then jsonb_build_object('f_geo_point', o.f_geo_point)
        end
    ),
    (
        case
            when o.f_link is distinct from s.f_link
            then jsonb_build_object('f_link', o.f_link)
        end
    ),
    (
        case
            when o.f_file_upload is distinct from s.f_file_upload
            then jsonb_build_object('f_file_upload', o.f_file_upload)
        end
    ),
    (
        case
            when o.f_input_email is distinct from s.f_input_email
            then jsonb_build_object('f_input_email', o.f_input_email)
        end
    ),
    (
        case
            when o.f_input_phone is distinct from s.f_input_phone
            then jsonb_build_object('f_input_phone', o.f_input_phone)
        end
    ),
    (
        case
            when o.f_input_text_lang is distinct from s.f_input_text_lang
            then jsonb_build_object('f_input_text_lang', o.f_input_text_lang)
        end
    ),
    (
        case
            when o.f_textarea_lang is distinct from s.f_textarea_lang
            then jsonb_build_object('f_textarea_lang', o.f_textarea_lang)
        end
    )
) as v (before)
where s._action = 'changed' and (cast(0 as bigint) + coalesce(octet_length(o.f_input_text), 0)
        + coalesce(octet_length(o.f_textarea), 0)
        + coalesce(octet_length(o.f_period), 0)
        + coalesce(octet_length(o.f_period_time), 0)
        + coalesce(octet_length(o.f_checklist), 0)
        + coalesce(octet_length(o.f_questionnaire), 0)
        + coalesce(octet_length(o.f_progress_bar), 0)
        + coalesce(octet_length(o.f_geo_point), 0) + coalesce(octet_length(o.f_link), 0)
        + coalesce(octet_length(o.f_input_email), 0)
        + coalesce(octet_length(o.f_input_phone), 0)
        + coalesce(octet_length(o.f_input_text_lang), 0)
        + coalesce(octet_length(o.f_textarea_lang), 0)) > :max_image_bytes and v.before is not null