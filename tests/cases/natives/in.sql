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
