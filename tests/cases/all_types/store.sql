create table store_demo.bo_Everything (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
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

create table store_demo.bo_Kind (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    code text,
    label text
);

create unique index on store_demo.bo_Kind (code) where _state <> 'REMOVED';

create table store_demo.link_Everything_f_bo (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Everything_f_bo (_target);

create table store_demo.link_Everything_f_co (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Everything_f_co (_target);
