create table out_demo_1_8.Person (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    email text,
    Born timestamp with time zone
);

create table out_demo_1_8.Team (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text
);

create table out_demo_1_8._Person_Teams_ (
    Person_id varchar(100),
    Teams_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Person_id, Teams_id)
);
