create table public.in_Natural_client (
id bigserial primary key,
in_id varchar(100),
out_id varchar(32),
inserted_date timestamp with time zone default clock_timestamp(),
in_status varchar(100) default '' not null,
occupied_id bigint,
occupied_at timestamp with time zone,
removed bool default false,
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

create unique index on public.in_Natural_client (in_id);

create table public.in_Place_work (
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

create unique index on public.in_Place_work (in_id);

create table public.in_Natural_client_Place_work (
    Natural_client_id varchar(100),
    Place_work_id varchar(100),
    in_status varchar(100) default '' not null,
    inserted_date timestamp with time zone default clock_timestamp(),
    primary key (Natural_client_id, Place_work_id)
);

alter table public.in_Natural_client_Place_work add column if not exists removed bool default false;

create table if not exists public.in_fileStorage (
file_id varchar(32) primary key,
out_id varchar(32),
file_name varchar(300),
mime_type varchar(100),
content bytea,
out_file_id varchar(32),
uploaded bool default false
);

create table if not exists public.process_tracking (
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

create table if not exists public.process_expected (
id serial primary key,
in_table varchar(63) not null,
full_set bool default false,
compare bool default false,
rows bigint,
column_name varchar(63),
column_sum numeric(38,4),
run bigint
);

create table if not exists public.process_compare (
in_table varchar(63) not null,
in_id varchar(100) not null,
hash varchar(64) not null,
primary key (in_table, in_id)
);
