-- Rows without an external id that name one instance by out_id and differ: none of them takes precedence.
update stage s
set _action = 'rejected', _fault = 'OUT_ID_TWICE', _instance = null
from (
    select distinct o._known
    from (select distinct on (_known) * from stage i where i._in_id is null and i._known is not null and not i._removed
    and i._action <> 'rejected' order by _known, _row) f
    join stage o on o._known = f._known and o._row <> f._row
    where o._in_id is null and o._known is not null and not o._removed
    and o._action <> 'rejected' and (
        o._action <> f._action
        or o.f_input_text is distinct from f.f_input_text
        or o.f_textarea is distinct from f.f_textarea
        or o.f_input_number is distinct from f.f_input_number
        or o.f_checkbox is distinct from f.f_checkbox
        or o.f_date is distinct from f.f_date
        or o.f_full_date is distinct from f.f_full_date
        or o.f_time is distinct from f.f_time
        or o.f_year is distinct from f.f_year
        or o.f_year_and_month is distinct from f.f_year_and_month
        or case when o.f_period <> f.f_period
                then not store_demo.same_json(o.f_period, f.f_period)
                else o.f_period is distinct from f.f_period end
        or case when o.f_period_time <> f.f_period_time
                then not store_demo.same_json(o.f_period_time, f.f_period_time)
                else o.f_period_time is distinct from f.f_period_time end
        or o.f_dropdown_single is distinct from f.f_dropdown_single
        or o.f_radio_button_group is distinct from f.f_radio_button_group
        or case when o.f_checklist <> f.f_checklist
                then not store_demo.same_json(o.f_checklist, f.f_checklist)
                else o.f_checklist is distinct from f.f_checklist end
        or case when o.f_questionnaire <> f.f_questionnaire
                then not store_demo.same_json(o.f_questionnaire, f.f_questionnaire)
                else o.f_questionnaire is distinct from f.f_questionnaire end
        or case when o.f_progress_bar <> f.f_progress_bar
                then not store_demo.same_json(o.f_progress_bar, f.f_progress_bar)
                else o.f_progress_bar is distinct from f.f_progress_bar end
        or case when o.f_geo_point <> f.f_geo_point
                then not store_demo.same_json(o.f_geo_point, f.f_geo_point)
                else o.f_geo_point is distinct from f.f_geo_point end
        or o.f_link is distinct from f.f_link
        or o.f_file_upload is distinct from f.f_file_upload
        or o.f_input_email is distinct from f.f_input_email
        or o.f_input_phone is distinct from f.f_input_phone
        or case when o.f_input_text_lang <> f.f_input_text_lang
                then not case when o.f_input_text_lang ~ '^\s*[{]' then store_demo.same_json(o.f_input_text_lang, f.f_input_text_lang) else false end
                else o.f_input_text_lang is distinct from f.f_input_text_lang end
        or case when o.f_textarea_lang <> f.f_textarea_lang
                then not case when o.f_textarea_lang ~ '^\s*[{]' then store_demo.same_json(o.f_textarea_lang, f.f_textarea_lang) else false end
                else o.f_textarea_lang is distinct from f.f_textarea_lang end
        or o._file_f_file_upload is distinct from f._file_f_file_upload
    )
) d
where s._known = d._known and s._in_id is null and s._known is not null and not s._removed
    and s._action <> 'rejected'