-- New instances, in the order of their external id, as the stage has them: the unique index on it is the expensive part
-- of an insert. Nothing else decides which rows are created, so the journal need not wait for them.
with created as (
    insert into store_demo.bo_Everything
        (_id, _in_id, _created_at, _modified_at, _in_migrated_at, f_input_text, f_textarea, f_input_number, f_checkbox, f_date, f_full_date,
        f_time, f_year, f_year_and_month, f_period, f_period_time, f_dropdown_single,
        f_radio_button_group, f_checklist, f_questionnaire, f_progress_bar, f_geo_point,
        f_link, f_file_upload, f_input_email, f_input_phone, f_input_text_lang,
        f_textarea_lang)
    select
        _instance, _in_id, :started_at, :started_at, :started_at, f_input_text, f_textarea, f_input_number, f_checkbox, f_date, f_full_date,
        f_time, f_year, f_year_and_month, f_period, f_period_time, f_dropdown_single,
        f_radio_button_group, f_checklist, f_questionnaire, f_progress_bar, f_geo_point,
        f_link, f_file_upload, f_input_email, f_input_phone, f_input_text_lang,
        f_textarea_lang
    from stage
    where _action = 'created'
)
insert into store_demo.journal (run, bo, instance, change, origin)
select :run, :bo, s._instance, 'created', cast(s._row as text) from stage s where s._action = 'created'