-- The rows of instances that several rows name by their ids, with all their values. In turn 1 is the row that counts: a
-- row with values before one that removes, and the highest external id.
create temporary table duplicate on commit drop as
select
    s._row, s._known, s._in_id, s._removed, s._action,
    row_number() over (partition by s._known order by s._removed, s._in_id desc nulls last, s._row) as _turn,
    s._sets_value,
    case
        when s._action in ('created', 'changed') then s.f_input_text
        else g.f_input_text
    end as f_input_text,
    case
        when s._action in ('created', 'changed') then s.f_textarea
        else g.f_textarea
    end as f_textarea,
    case
        when s._action in ('created', 'changed') then s.f_input_number
        else g.f_input_number
    end as f_input_number,
    case
        when s._action in ('created', 'changed') then s.f_checkbox
        else g.f_checkbox
    end as f_checkbox,
    case
        when s._action in ('created', 'changed') then s.f_date
        else g.f_date
    end as f_date,
    case
        when s._action in ('created', 'changed') then s.f_full_date
        else g.f_full_date
    end as f_full_date,
    case
        when s._action in ('created', 'changed') then s.f_time
        else g.f_time
    end as f_time,
    case
        when s._action in ('created', 'changed') then s.f_year
        else g.f_year
    end as f_year,
    case
        when s._action in ('created', 'changed') then s.f_year_and_month
        else g.f_year_and_month
    end as f_year_and_month,
    case
        when s._action in ('created', 'changed') then s.f_period
        else g.f_period
    end as f_period,
    case
        when s._action in ('created', 'changed') then s.f_period_time
        else g.f_period_time
    end as f_period_time,
    case
        when s._action in ('created', 'changed') then s.f_dropdown_single
        else g.f_dropdown_single
    end as f_dropdown_single,
    case
        when s._action in ('created', 'changed') then s.f_radio_button_group
        else g.f_radio_button_group
    end as f_radio_button_group,
    case
        when s._action in ('created', 'changed') then s.f_checklist
        else g.f_checklist
    end as f_checklist,
    case
        when s._action in ('created', 'changed') then s.f_questionnaire
        else g.f_questionnaire
    end as f_questionnaire,
    case
        when s._action in ('created', 'changed') then s.f_progress_bar
        else g.f_progress_bar
    end as f_progress_bar,
    case
        when s._action in ('created', 'changed') then s.f_geo_point
        else g.f_geo_point
    end as f_geo_point,
    case
        when s._action in ('created', 'changed') then s.f_link
        else g.f_link
    end as f_link,
    case
        when s._action in ('created', 'changed') then s.f_file_upload
        else g.f_file_upload
    end as f_file_upload,
    case
        when s._action in ('created', 'changed') then s.f_input_email
        else g.f_input_email
    end as f_input_email,
    case
        when s._action in ('created', 'changed') then s.f_input_phone
        else g.f_input_phone
    end as f_input_phone,
    case
        when s._action in ('created', 'changed') then s.f_input_text_lang
        else g.f_input_text_lang
    end as f_input_text_lang,
    case
        when s._action in ('created', 'changed') then s.f_textarea_lang
        else g.f_textarea_lang
    end as f_textarea_lang,
    g._state as _known_state
from stage s
join store_demo.bo_Everything g on g._id = s._known
where not s._is_weak and s._action <> 'rejected' and s._known in (
    select _known
    from stage
    where not _is_weak and _known is not null and _action <> 'rejected'
    group by _known
    having count(*) > 1
)