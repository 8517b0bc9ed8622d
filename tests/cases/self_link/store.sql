create table store_demo.bo_Department_card (
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

create table store_demo.bo_Person_card (
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

create table store_demo.bo_Sibling (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone
);

create table store_demo.link_Department_card_department_CARD (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Department_card_department_CARD (_target);

create table store_demo.link_Person_card_Person_card (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Person_card_Person_card (_target);

create table store_demo.link_Person_card_person_CARD2 (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Person_card_person_CARD2 (_target);

create table store_demo.link_Sibling_Sibling (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Sibling_Sibling (_target);
