create table store_demo.bo_Group (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    "select" text,
    Values text,
    Between numeric(24,4),
    Index text,
    "true" bool,
    "null" bool
);

create table store_demo.bo_Order (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    No text,
    "current_user" timestamp with time zone
);

create table store_demo.bo_Select (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    "from" timestamp with time zone,
    "to" timestamp with time zone,
    "system_user" text
);

create table store_demo.bo_User (
    _id varchar(16) collate "C" primary key,
    _in_id varchar(100) collate "C" unique,
    _state varchar(8) default 'ACTUAL' not null,
    _created_at timestamp with time zone not null,
    _created_by varchar(100),
    _modified_at timestamp with time zone not null,
    _modified_by varchar(100),
    _in_migrated_at timestamp with time zone,
    Name text,
    "order" numeric(24,4),
    "left" bool
);

create table store_demo.link_Order_User (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Order_User (_target);

create table store_demo.link_Select_Select (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_Select_Select (_target);

create table store_demo.link_User_Group (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_User_Group (_target);

create table store_demo.link_User_All (
    _owner varchar(16) collate "C" not null,
    _target varchar(16) collate "C" not null,
    _target_bo varchar(63) not null,
    _linked_at timestamp with time zone not null,
    primary key (_owner, _target)
);

create index on store_demo.link_User_All (_target);
