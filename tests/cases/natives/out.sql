create table out_demo_1_8.Client (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    CREATED_AT timestamp with time zone,
    LAST_MODIFIED_AT timestamp with time zone,
    IN_MIGRATION_UPDATED_AT timestamp with time zone,
    CREATED_BY varchar(100),
    LAST_MODIFIED_BY varchar(100),
    OPEN_COUNT numeric(24,4)
);

create table out_demo_1_8.Visit (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    OPEN_COUNT numeric(24,4)
);
