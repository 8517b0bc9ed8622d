create table store_demo.bo_Person (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Number text,
    email text,
    Passport text,
    Born timestamp with time zone,
    surname text,
    name text,
    accessLevel text,
    position text,
    status text,
    adGuid text
);

create unique index on store_demo.bo_Person (Number) where _state <> 'REMOVED';

create unique index on store_demo.bo_Person (lower(email)) where _state <> 'REMOVED';

create unique index on store_demo.bo_Person (Passport) where _state <> 'REMOVED';

create table store_demo.bo_Team (
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

create unique index on store_demo.bo_Team (Name) where _state <> 'REMOVED';

create table store_demo.link_Person_Teams (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Person_Teams (_target);
