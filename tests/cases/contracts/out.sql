create table out_demo_1_8.Contracts (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Number text
);

create table out_demo_1_8.Legal_client (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text
);

create table out_demo_1_8.Natural_client (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Full_name text
);

create table out_demo_1_8._Contracts_Borrower_ (
    Contracts_id varchar(100),
    Borrower_id varchar(100),
    Borrower_bo varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Contracts_id, Borrower_id)
);
