-- The row that counts gets the values that it does not give from the rows behind it: the result is the same as merging
-- them one after the other.
update stage s
set _winner = null,
    f_input_text = f.f_input_text,
    f_textarea = f.f_textarea,
    f_input_number = f.f_input_number,
    f_checkbox = f.f_checkbox,
    f_date = f.f_date,
    f_full_date = f.f_full_date,
    f_time = f.f_time,
    f_year = f.f_year,
    f_year_and_month = f.f_year_and_month,
    f_period = f.f_period,
    f_period_time = f.f_period_time,
    f_dropdown_single = f.f_dropdown_single,
    f_radio_button_group = f.f_radio_button_group,
    f_checklist = f.f_checklist,
    f_questionnaire = f.f_questionnaire,
    f_progress_bar = f.f_progress_bar,
    f_geo_point = f.f_geo_point,
    f_link = f.f_link,
    f_file_upload = f.f_file_upload,
    f_input_email = f.f_input_email,
    f_input_phone = f.f_input_phone,
    f_input_text_lang = f.f_input_text_lang,
    f_textarea_lang = f.f_textarea_lang,
    _action = case
        when f._known_state = 'REMOVED' or (g.f_input_text is distinct from f.f_input_text
        or g.f_textarea is distinct from f.f_textarea
        or g.f_input_number is distinct from f.f_input_number
        or g.f_checkbox is distinct from f.f_checkbox
        or g.f_date is distinct from f.f_date
        or g.f_full_date is distinct from f.f_full_date
        or g.f_time is distinct from f.f_time or g.f_year is distinct from f.f_year
        or g.f_year_and_month is distinct from f.f_year_and_month
        or g.f_period is distinct from f.f_period
        or g.f_period_time is distinct from f.f_period_time
        or g.f_dropdown_single is distinct from f.f_dropdown_single
        or g.f_radio_button_group is distinct from f.f_radio_button_group
        or g.f_checklist is distinct from f.f_checklist
        or g.f_questionnaire is distinct from f.f_questionnaire
        or g.f_progress_bar is distinct from f.f_progress_bar
        or g.f_geo_point is distinct from f.f_geo_point
        or g.f_link is distinct from f.f_link
        or g.f_file_upload is distinct from f.f_file_upload
        or g.f_input_email is distinct from f.f_input_email
        or g.f_input_phone is distinct from f.f_input_phone
        or g.f_input_text_lang is distinct from f.f_input_text_lang
        or g.f_textarea_lang is distinct from f.f_textarea_lang)
        then 'changed'
        else 'unchanged'
    end
from (
    select
        (array_agg(f_input_text order by _turn) filter (where _turn = 1))[1] as f_input_text,
        (array_agg(f_textarea order by _turn) filter (where _turn = 1))[1] as f_textarea,
        case
    when bool_or(not _removed and _sets_value[1]) then (array_agg(f_input_number order by _turn) filter (where not _removed and _sets_value[1]))[1]
    else (array_agg(f_input_number order by _turn) filter (where _turn = 1))[1]
end as f_input_number,
        (array_agg(f_checkbox order by _turn) filter (where _turn = 1))[1] as f_checkbox,
        (array_agg(f_date order by _turn) filter (where _turn = 1))[1] as f_date,
        (array_agg(f_full_date order by _turn) filter (where _turn = 1))[1] as f_full_date,
        (array_agg(f_time order by _turn) filter (where _turn = 1))[1] as f_time,
        (array_agg(f_year order by _turn) filter (where _turn = 1))[1] as f_year,
        (array_agg(f_year_and_month order by _turn) filter (where _turn = 1))[1] as f_year_and_month,
        (array_agg(f_period order by _turn) filter (where _turn = 1))[1] as f_period,
        (array_agg(f_period_time order by _turn) filter (where _turn = 1))[1] as f_period_time,
        (array_agg(f_dropdown_single order by _turn) filter (where _turn = 1))[1] as f_dropdown_single,
        (array_agg(f_radio_button_group order by _turn) filter (where _turn = 1))[1] as f_radio_button_group,
        (array_agg(f_checklist order by _turn) filter (where _turn = 1))[1] as f_checklist,
        (array_agg(f_questionnaire order by _turn) filter (where _turn = 1))[1] as f_questionnaire,
        (array_agg(f_progress_bar order by _turn) filter (where _turn = 1))[1] as f_progress_bar,
        (array_agg(f_geo_point order by _turn) filter (where _turn = 1))[1] as f_geo_point,
        (array_agg(f_link order by _turn) filter (where _turn = 1))[1] as f_link,
        case
    when bool_or(not _removed and _sets_value[2]) then (array_agg(f_file_upload order by _turn) filter (where not _removed and _sets_value[2]))[1]
    else (array_agg(f_file_upload order by _turn) filter (where _turn = 1))[1]
end as f_file_upload,
        (array_agg(f_input_email order by _turn) filter (where _turn = 1))[1] as f_input_email,
        (array_agg(f_input_phone order by _turn) filter (where _turn = 1))[1] as f_input_phone,
        (array_agg(f_input_text_lang order by _turn) filter (where _turn = 1))[1] as f_input_text_lang,
        (array_agg(f_textarea_lang order by _turn) filter (where _turn = 1))[1] as f_textarea_lang,
        _known, min(_known_state) as _known_state, min(_row) filter (where _turn = 1) as _row
    from duplicate
    group by _known
    having not bool_and(_removed)
) f
join store_demo.bo_Everything g on g._id = f._known
where s._row = f._row