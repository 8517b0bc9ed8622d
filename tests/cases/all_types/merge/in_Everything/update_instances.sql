-- Instances that differ, and only those. A removed row's other columns are ignored; a row for a removed instance
-- restores it. The journal keeps the replaced values, for `etl undo`; a unique value may have been cleared already, so
-- it is read from the stage. What other sources have changed since the rows were staged is not known here, so an
-- instance that one of them has changed is left out: the count of updated rows is smaller then.
with changed as (
    update store_demo.bo_Everything g
    set
        _state = case
            when s._action = 'removed' then 'REMOVED'
            when g._state = 'REMOVED' then 'ACTUAL'
            else g._state
        end,
        _modified_at = :started_at,
        _in_migrated_at = :started_at,
        f_input_text = case when s._action = 'removed' then g.f_input_text else s.f_input_text end,
        f_textarea = case when s._action = 'removed' then g.f_textarea else s.f_textarea end,
        f_input_number = case when s._action = 'removed' then g.f_input_number else s.f_input_number end,
        f_checkbox = case when s._action = 'removed' then g.f_checkbox else s.f_checkbox end,
        f_date = case when s._action = 'removed' then g.f_date else s.f_date end,
        f_full_date = case when s._action = 'removed' then g.f_full_date else s.f_full_date end,
        f_time = case when s._action = 'removed' then g.f_time else s.f_time end,
        f_year = case when s._action = 'removed' then g.f_year else s.f_year end,
        f_year_and_month = case when s._action = 'removed' then g.f_year_and_month else s.f_year_and_month end,
        f_period = case when s._action = 'removed' then g.f_period else s.f_period end,
        f_period_time = case when s._action = 'removed' then g.f_period_time else s.f_period_time end,
        f_dropdown_single = case when s._action = 'removed' then g.f_dropdown_single else s.f_dropdown_single end,
        f_radio_button_group = case when s._action = 'removed' then g.f_radio_button_group else s.f_radio_button_group end,
        f_checklist = case when s._action = 'removed' then g.f_checklist else s.f_checklist end,
        f_questionnaire = case when s._action = 'removed' then g.f_questionnaire else s.f_questionnaire end,
        f_progress_bar = case when s._action = 'removed' then g.f_progress_bar else s.f_progress_bar end,
        f_geo_point = case when s._action = 'removed' then g.f_geo_point else s.f_geo_point end,
        f_link = case when s._action = 'removed' then g.f_link else s.f_link end,
        f_file_upload = case when s._action = 'removed' then g.f_file_upload else s.f_file_upload end,
        f_input_email = case when s._action = 'removed' then g.f_input_email else s.f_input_email end,
        f_input_phone = case when s._action = 'removed' then g.f_input_phone else s.f_input_phone end,
        f_input_text_lang = case when s._action = 'removed' then g.f_input_text_lang else s.f_input_text_lang end,
        f_textarea_lang = case when s._action = 'removed' then g.f_textarea_lang else s.f_textarea_lang end
    from stage s
    join store_demo.bo_Everything o on o._id = s._known
    where g._id = o._id and s._action in ('changed', 'removed') and g.xmin = s._known_version
    returning
        g._id,
        case
            when s._action = 'removed' then 'removed'
            when o._state = 'REMOVED' then 'returned'
            else 'changed'
        end as change,
        case when o._state <> g._state then jsonb_build_object('_state', o._state) else '{}' end
        || case when o.f_input_text is distinct from g.f_input_text
            then jsonb_build_object('f_input_text', o.f_input_text) else '{}' end
        || case when o.f_textarea is distinct from g.f_textarea
            then jsonb_build_object('f_textarea', o.f_textarea) else '{}' end
        || case when o.f_input_number is distinct from g.f_input_number
            then jsonb_build_object('f_input_number', o.f_input_number) else '{}' end
        || case when o.f_checkbox is distinct from g.f_checkbox
            then jsonb_build_object('f_checkbox', o.f_checkbox) else '{}' end
        || case when o.f_date is distinct from g.f_date
            then jsonb_build_object('f_date', o.f_date) else '{}' end
        || case when o.f_full_date is distinct from g.f_full_date
            then jsonb_build_object('f_full_date', o.f_full_date) else '{}' end
        || case when o.f_time is distinct from g.f_time
            then jsonb_build_object('f_time', o.f_time) else '{}' end
        || case when o.f_year is distinct from g.f_year
            then jsonb_build_object('f_year', o.f_year) else '{}' end
        || case when o.f_year_and_month is distinct from g.f_year_and_month
            then jsonb_build_object('f_year_and_month', o.f_year_and_month) else '{}' end
        || case when o.f_period is distinct from g.f_period
            then jsonb_build_object('f_period', o.f_period) else '{}' end
        || case when o.f_period_time is distinct from g.f_period_time
            then jsonb_build_object('f_period_time', o.f_period_time) else '{}' end
        || case when o.f_dropdown_single is distinct from g.f_dropdown_single
            then jsonb_build_object('f_dropdown_single', o.f_dropdown_single) else '{}' end
        || case when o.f_radio_button_group is distinct from g.f_radio_button_group
            then jsonb_build_object('f_radio_button_group', o.f_radio_button_group) else '{}' end
        || case when o.f_checklist is distinct from g.f_checklist
            then jsonb_build_object('f_checklist', o.f_checklist) else '{}' end
        || case when o.f_questionnaire is distinct from g.f_questionnaire
            then jsonb_build_object('f_questionnaire', o.f_questionnaire) else '{}' end
        || case when o.f_progress_bar is distinct from g.f_progress_bar
            then jsonb_build_object('f_progress_bar', o.f_progress_bar) else '{}' end
        || case when o.f_geo_point is distinct from g.f_geo_point
            then jsonb_build_object('f_geo_point', o.f_geo_point) else '{}' end
        || case when o.f_link is distinct from g.f_link
            then jsonb_build_object('f_link', o.f_link) else '{}' end
        || case when o.f_file_upload is distinct from g.f_file_upload
            then jsonb_build_object('f_file_upload', o.f_file_upload) else '{}' end
        || case when o.f_input_email is distinct from g.f_input_email
            then jsonb_build_object('f_input_email', o.f_input_email) else '{}' end
        || case when o.f_input_phone is distinct from g.f_input_phone
            then jsonb_build_object('f_input_phone', o.f_input_phone) else '{}' end
        || case when o.f_input_text_lang is distinct from g.f_input_text_lang
            then jsonb_build_object('f_input_text_lang', o.f_input_text_lang) else '{}' end
        || case when o.f_textarea_lang is distinct from g.f_textarea_lang
            then jsonb_build_object('f_textarea_lang', o.f_textarea_lang) else '{}' end as before,
        cast(s._row as text) as origin
)
insert into store_demo.journal (run, bo, instance, change, before, origin)
select :run, :bo, _id, change, before, origin from changed