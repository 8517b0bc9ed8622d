create table store_demo.bo_NaturalPerson (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Surname text,
    Name text,
    IIN text,
    BirthDate timestamp with time zone
);

create table store_demo.bo_LegalPerson (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Name text,
    BIN text,
    CreateDate timestamp with time zone
);

create table store_demo.bo_ClientClaim (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Name text,
    Descr text
);

create table store_demo.bo_NaturalClaim (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Name text,
    Descr text
);

create table store_demo.link_ClientClaim_CoClient (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_ClientClaim_CoClient (_target);

create table store_demo.link_NaturalClaim_Natural (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_NaturalClaim_Natural (_target);
