create table out_demo_1_8.NaturalPerson (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Surname text,
    Name text,
    IIN text,
    BirthDate timestamp with time zone
);

create table out_demo_1_8.LegalPerson (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    BIN text,
    CreateDate timestamp with time zone
);

create table out_demo_1_8.ClientClaim (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    Descr text
);

create table out_demo_1_8.NaturalClaim (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    Descr text
);

create table out_demo_1_8._ClientClaim_CoClient_ (
    ClientClaim_id varchar(100),
    CoClient_id varchar(100),
    CoClient_bo varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (ClientClaim_id, CoClient_id)
);

create table out_demo_1_8._NaturalClaim_Natural_ (
    NaturalClaim_id varchar(100),
    Natural_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (NaturalClaim_id, Natural_id)
);
