create table out_demo_1_8.Spouse_work_address (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Street text,
    ATO_code text,
    Structure text,
    corps text,
    Microdistrict text,
    Locality text,
    Apartment text,
    House text,
    Index text
);
