create table out_demo_1_8.Country (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    Iso text,
    Dafif text,
    CREATED_AT timestamp with time zone
);

create table out_demo_1_8.Airport (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    City text,
    Iata text,
    Icao text,
    Latitude numeric(24,4),
    Longitude numeric(24,4),
    Altitude numeric(24,4),
    Kind varchar(32)
);

create table out_demo_1_8.Airline (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Name text,
    Iata text,
    Icao text,
    Callsign text,
    Active bool
);

create table out_demo_1_8.Route (
    id bigserial primary key,
    system_created_at timestamp with time zone,
    system_creator_fio varchar(100),
    system_id varchar(100) unique,
    inserted_at timestamp with time zone default clock_timestamp(),
    updated_at timestamp with time zone,
    Codeshare bool,
    Stops numeric(24,4),
    Equipment text
);

create table out_demo_1_8._Airport_Country_ (
    Airport_id varchar(100),
    Country_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Airport_id, Country_id)
);

create table out_demo_1_8._Route_Airline_ (
    Route_id varchar(100),
    Airline_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Route_id, Airline_id)
);

create table out_demo_1_8._Route_Source_ (
    Route_id varchar(100),
    Source_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Route_id, Source_id)
);

create table out_demo_1_8._Route_Destination_ (
    Route_id varchar(100),
    Destination_id varchar(100),
    inserted_at timestamp with time zone default clock_timestamp(),
    primary key (Route_id, Destination_id)
);
