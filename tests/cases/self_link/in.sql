create table in_tables.in_Department_card (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
Name text
);

create unique index on in_tables.in_Department_card (in_id);

create table in_tables.in_Person_card (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
Name text
);

create unique index on in_tables.in_Person_card (in_id);

create table in_tables.in_Sibling (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false
);

create unique index on in_tables.in_Sibling (in_id);

create table in_tables.in_Department_card_department_CARD (
    Department_card_id varchar(100),
    department_CARD_id_2 varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Department_card_id, department_CARD_id_2)
);

alter table in_tables.in_Department_card_department_CARD add column if not exists removed bool default false;

create table in_tables.in_Person_card_Person_card (
    Person_card_id varchar(100),
    Person_card_id_2 varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Person_card_id, Person_card_id_2)
);

alter table in_tables.in_Person_card_Person_card add column if not exists removed bool default false;

create table in_tables.in_Person_card_person_CARD2 (
    Person_card_id varchar(100),
    person_CARD2_id varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Person_card_id, person_CARD2_id)
);

alter table in_tables.in_Person_card_person_CARD2 add column if not exists removed bool default false;

create table in_tables.in_Sibling_Sibling_Sibling (
    Sibling_id varchar(100),
    Sibling_id_2 varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Sibling_id, Sibling_id_2)
);

alter table in_tables.in_Sibling_Sibling_Sibling add column if not exists removed bool default false;

create table in_tables.in_Sibling_Sibling_Person_card (
    Sibling_id varchar(100),
    Sibling_id_2 varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Sibling_id, Sibling_id_2)
);

alter table in_tables.in_Sibling_Sibling_Person_card add column if not exists removed bool default false;

create table if not exists in_tables.in_fileStorage (
file_id varchar(32) primary key,
out_id varchar(32),
file_name varchar(300),
mime_type varchar(100),
content bytea,
out_file_id varchar(32),
uploaded bool default false
);

create table if not exists in_tables.process_tracking (
id serial primary key,
oper_date date not null,
start_load_time timestamp with time zone,
end_load_time timestamp with time zone,
load_status int default 0,
start_ins_inkafka_time timestamp with time zone,
end_ins_inkafka_time timestamp with time zone,
ins_inkafka_status int default 0,
occupied_by_process bigint default 0,
migrate_cur_date date default current_date,
periodic_update_time timestamp with time zone,
inserted_at timestamp with time zone default current_timestamp
);

create table if not exists in_tables.process_expected (
id serial primary key,
in_table varchar(63) not null,
full_set bool default false,
compare bool default false,
rows bigint,
column_name varchar(63),
column_sum numeric(38,4),
run bigint
);

create table if not exists in_tables.process_compare (
in_table varchar(63) not null,
in_id varchar(100) not null,
hash varchar(64) not null,
primary key (in_table, in_id)
);
