-- The other rows change nothing by themselves. What of them is not in the store is reported (_winner).
update stage s
set
    _loses = true,
    _action = 'unchanged',
    _winner = case
        when t._removed <> w._removed
            or not t._removed
            and t.f_input_text is distinct from case when w._action in ('created', 'changed') then w.f_input_text else g.f_input_text end
            or not t._removed
            and t.f_textarea is distinct from case when w._action in ('created', 'changed') then w.f_textarea else g.f_textarea end
            or not t._removed and t._sets_value[1]
            and t.f_input_number is distinct from case when w._action in ('created', 'changed') then w.f_input_number else g.f_input_number end
            or not t._removed
            and t.f_checkbox is distinct from case when w._action in ('created', 'changed') then w.f_checkbox else g.f_checkbox end
            or not t._removed
            and t.f_date is distinct from case when w._action in ('created', 'changed') then w.f_date else g.f_date end
            or not t._removed
            and t.f_full_date is distinct from case when w._action in ('created', 'changed') then w.f_full_date else g.f_full_date end
            or not t._removed
            and t.f_time is distinct from case when w._action in ('created', 'changed') then w.f_time else g.f_time end
            or not t._removed
            and t.f_year is distinct from case when w._action in ('created', 'changed') then w.f_year else g.f_year end
            or not t._removed
            and t.f_year_and_month is distinct from case when w._action in ('created', 'changed') then w.f_year_and_month else g.f_year_and_month end
            or not t._removed
            and case when t.f_period <> case when w._action in ('created', 'changed') then w.f_period else g.f_period end
                then not store_demo.same_json(t.f_period, case when w._action in ('created', 'changed') then w.f_period else g.f_period end)
                else t.f_period is distinct from case when w._action in ('created', 'changed') then w.f_period else g.f_period end end
            or not t._removed
            and case when t.f_period_time <> case when w._action in ('created', 'changed') then w.f_period_time else g.f_period_time end
                then not store_demo.same_json(t.f_period_time, case when w._action in ('created', 'changed') then w.f_period_time else g.f_period_time end)
                else t.f_period_time is distinct from case when w._action in ('created', 'changed') then w.f_period_time else g.f_period_time end end
            or not t._removed
            and t.f_dropdown_single is distinct from case when w._action in ('created', 'changed') then w.f_dropdown_single else g.f_dropdown_single end
            or not t._removed
            and t.f_radio_button_group is distinct from case when w._action in ('created', 'changed') then w.f_radio_button_group else g.f_radio_button_group end
            or not t._removed
            and case when t.f_checklist <> case when w._action in ('created', 'changed') then w.f_checklist else g.f_checklist end
                then not store_demo.same_json(t.f_checklist, case when w._action in ('created', 'changed') then w.f_checklist else g.f_checklist end)
                else t.f_checklist is distinct from case when w._action in ('created', 'changed') then w.f_checklist else g.f_checklist end end
            or not t._removed
            and case when t.f_questionnaire <> case when w._action in ('created', 'changed') then w.f_questionnaire else g.f_questionnaire end
                then not store_demo.same_json(t.f_questionnaire, case when w._action in ('created', 'changed') then w.f_questionnaire else g.f_questionnaire end)
                else t.f_questionnaire is distinct from case when w._action in ('created', 'changed') then w.f_questionnaire else g.f_questionnaire end end
            or not t._removed
            and case when t.f_progress_bar <> case when w._action in ('created', 'changed') then w.f_progress_bar else g.f_progress_bar end
                then not store_demo.same_json(t.f_progress_bar, case when w._action in ('created', 'changed') then w.f_progress_bar else g.f_progress_bar end)
                else t.f_progress_bar is distinct from case when w._action in ('created', 'changed') then w.f_progress_bar else g.f_progress_bar end end
            or not t._removed
            and case when t.f_geo_point <> case when w._action in ('created', 'changed') then w.f_geo_point else g.f_geo_point end
                then not store_demo.same_json(t.f_geo_point, case when w._action in ('created', 'changed') then w.f_geo_point else g.f_geo_point end)
                else t.f_geo_point is distinct from case when w._action in ('created', 'changed') then w.f_geo_point else g.f_geo_point end end
            or not t._removed
            and t.f_link is distinct from case when w._action in ('created', 'changed') then w.f_link else g.f_link end
            or not t._removed and t._sets_value[2]
            and t.f_file_upload is distinct from case when w._action in ('created', 'changed') then w.f_file_upload else g.f_file_upload end
            or not t._removed
            and t.f_input_email is distinct from case when w._action in ('created', 'changed') then w.f_input_email else g.f_input_email end
            or not t._removed
            and t.f_input_phone is distinct from case when w._action in ('created', 'changed') then w.f_input_phone else g.f_input_phone end
            or not t._removed
            and case when t.f_input_text_lang <> case when w._action in ('created', 'changed') then w.f_input_text_lang else g.f_input_text_lang end
                then not case when t.f_input_text_lang ~ '^\s*[{]' then store_demo.same_json(t.f_input_text_lang, case when w._action in ('created', 'changed') then w.f_input_text_lang else g.f_input_text_lang end) else false end
                else t.f_input_text_lang is distinct from case when w._action in ('created', 'changed') then w.f_input_text_lang else g.f_input_text_lang end end
            or not t._removed
            and case when t.f_textarea_lang <> case when w._action in ('created', 'changed') then w.f_textarea_lang else g.f_textarea_lang end
                then not case when t.f_textarea_lang ~ '^\s*[{]' then store_demo.same_json(t.f_textarea_lang, case when w._action in ('created', 'changed') then w.f_textarea_lang else g.f_textarea_lang end) else false end
                else t.f_textarea_lang is distinct from case when w._action in ('created', 'changed') then w.f_textarea_lang else g.f_textarea_lang end end
        then coalesce(w._in_id, w._out_id)
    end
from duplicate t
join duplicate one on one._known = t._known and one._turn = 1
join stage w on w._row = one._row
join store_demo.bo_Everything g on g._id = t._known
where s._row = t._row and t._turn > 1