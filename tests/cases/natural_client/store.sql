create table store_demo.bo_Category (
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

create unique index on store_demo.bo_Category (code) where _state <> 'REMOVED';

create table store_demo.bo_Gender (
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

create unique index on store_demo.bo_Gender (code) where _state <> 'REMOVED';

create table store_demo.bo_Natural_client (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    IIN text,
    Category varchar(32),
    Date_Birth timestamp with time zone,
    Date_death timestamp with time zone,
    SUSN_type bool,
    Relationship_status text,
    Client_dep_colvir_ID numeric(24,4),
    Gender varchar(32),
    Amount_children numeric(24,4),
    Client_code text,
    Full_name text,
    Global_client_ID numeric(24,4)
);

create table store_demo.bo_Place_work (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Name text
);

create table store_demo.link_Natural_client_Place_work (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Natural_client_Place_work (_target);
