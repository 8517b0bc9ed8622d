create table out_demo_1_8.Department_card (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text
);

create table out_demo_1_8.Person_card (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text
);

create table out_demo_1_8.Sibling (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone
);

create table out_demo_1_8._Department_card_department_CARD_ (
    Department_card_id varchar(100),
    department_CARD_id_2 varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Department_card_id, department_CARD_id_2)
);

create table out_demo_1_8._Person_card_Person_card_ (
    Person_card_id varchar(100),
    Person_card_id_2 varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Person_card_id, Person_card_id_2)
);

create table out_demo_1_8._Person_card_person_CARD2_ (
    Person_card_id varchar(100),
    person_CARD2_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Person_card_id, person_CARD2_id)
);

create table out_demo_1_8._Sibling_Sibling_ (
    Sibling_id varchar(100),
    Sibling_id_2 varchar(100),
    Sibling_bo varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Sibling_id, Sibling_id_2)
);
