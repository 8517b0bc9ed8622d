create table out_demo_1_8.Everything (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    f_input_text text,
    f_textarea text,
    f_input_number numeric(24,4),
    f_checkbox bool,
    f_date timestamp with time zone,
    f_full_date timestamp with time zone,
    f_time timestamp with time zone,
    f_year timestamp with time zone,
    f_year_and_month timestamp with time zone,
    f_period text,
    f_period_time text,
    f_dropdown_single varchar(32),
    f_radio_button_group varchar(32),
    f_checklist text,
    f_questionnaire text,
    f_progress_bar text,
    f_geo_point text,
    f_link text,
    f_file_upload varchar(32),
    f_input_email text,
    f_input_phone text,
    f_input_text_lang text,
    f_textarea_lang text
);

create table out_demo_1_8._Everything_f_bo_ (
    Everything_id varchar(100),
    f_bo_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Everything_id, f_bo_id)
);

create table out_demo_1_8._Everything_f_co_ (
    Everything_id varchar(100),
    f_co_id varchar(100),
    f_co_bo varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Everything_id, f_co_id)
);
