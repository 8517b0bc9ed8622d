create table out_demo_1_8."group" (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    "select" text,
    Values text,
    Between numeric(24,4),
    Index text,
    "true" bool,
    "null" bool
);

create table out_demo_1_8."order" (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    No text,
    "current_user" timestamp with time zone
);

create table out_demo_1_8."select" (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    "from" timestamp with time zone,
    "to" timestamp with time zone,
    "system_user" text
);

create table out_demo_1_8."user" (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    "order" numeric(24,4),
    "left" bool
);

create table out_demo_1_8._Order_User_ (
    Order_id varchar(100),
    User_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Order_id, User_id)
);

create table out_demo_1_8._Select_Select_ (
    Select_id varchar(100),
    Select_id_2 varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Select_id, Select_id_2)
);

create table out_demo_1_8._User_Group_ (
    User_id varchar(100),
    Group_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (User_id, Group_id)
);

create table out_demo_1_8._User_All_ (
    User_id varchar(100),
    All_id varchar(100),
    All_bo varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (User_id, All_id)
);
