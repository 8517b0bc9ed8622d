create table store_demo.bo_Contracts (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Number text
);

create table store_demo.bo_IP_client (
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

create table store_demo.bo_Legal_client (
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

create table store_demo.bo_Natural_client (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Full_name text
);

create table store_demo.link_Contracts_Borrower (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Contracts_Borrower (_target);
