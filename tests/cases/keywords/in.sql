create table in_tables.in_Group (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
"select" text,
Values text,
Between numeric(24,4),
Index text,
"true" bool,
"null" bool
);

create unique index on in_tables.in_Group (in_id);

create table in_tables.in_Order (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
No text,
"current_user" timestamp with time zone
);

create unique index on in_tables.in_Order (in_id);

create table in_tables.in_Select (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
"from" timestamp with time zone,
"to" timestamp with time zone,
"system_user" text
);

create unique index on in_tables.in_Select (in_id);

create table in_tables.in_User (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
Name text,
"order" numeric(24,4),
"left" bool
);

create unique index on in_tables.in_User (in_id);

create table in_tables.in_Order_User (
    Order_id varchar(100),
    User_id varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Order_id, User_id)
);

alter table in_tables.in_Order_User add column if not exists removed bool default false;

create table in_tables.in_Select_Select (
    Select_id varchar(100),
    Select_id_2 varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Select_id, Select_id_2)
);

alter table in_tables.in_Select_Select add column if not exists removed bool default false;

create table in_tables.in_User_Group (
    User_id varchar(100),
    Group_id varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (User_id, Group_id)
);

alter table in_tables.in_User_Group add column if not exists removed bool default false;

create table in_tables.in_User_All_User (
    User_id varchar(100),
    All_id varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (User_id, All_id)
);

alter table in_tables.in_User_All_User add column if not exists removed bool default false;

create table in_tables.in_User_All_Order (
    User_id varchar(100),
    All_id varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (User_id, All_id)
);

alter table in_tables.in_User_All_Order add column if not exists removed bool default false;

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
