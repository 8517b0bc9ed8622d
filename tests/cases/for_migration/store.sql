create table store_demo.bo_For_migration (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    mig1 text,
    mig2 text
);

create unique index on store_demo.bo_For_migration (mig1) where _state <> 'REMOVED';
