-- The fifteen tables of the sample database Pagila, with made-up rows.
create schema pagila;
set search_path = pagila;
create type mpaa_rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create table country (country_id int primary key, country text not null);
create table city (city_id int primary key, city text not null, country_id int not null references country);
create table address (
    address_id int primary key, address text not null, district text not null, postal_code text, phone text not null,
    city_id int not null references city
);
create table language (language_id int primary key, name character(20) not null);
create table category (category_id int primary key, name text not null);
create table actor (actor_id int primary key, first_name text not null, last_name text not null);
create table film (
    film_id int primary key, title text not null, description text, release_year int,
    language_id int not null references language, original_language_id int references language,
    rental_duration smallint not null, rental_rate numeric(4, 2) not null, length smallint,
    replacement_cost numeric(5, 2) not null, rating mpaa_rating, special_features text[]
);
create table film_actor (actor_id int references actor, film_id int references film, primary key (actor_id, film_id));
create table film_category (
    film_id int references film, category_id int references category, primary key (film_id, category_id)
);
create table store (
    store_id int primary key, manager_staff_id int not null, address_id int not null references address
);
create table staff (
    staff_id int primary key, first_name text not null, last_name text not null, email text,
    active boolean not null, picture bytea, address_id int not null references address,
    store_id int not null references store
);
alter table store add foreign key (manager_staff_id) references staff deferrable initially deferred;
create table customer (
    customer_id int primary key, store_id int not null references store, first_name text not null,
    last_name text not null, email text, address_id int not null references address,
    activebool boolean not null, create_date date not null
);
create table inventory (
    inventory_id int primary key, film_id int not null references film, store_id int not null references store
);
create table rental (
    rental_id int primary key, rental_date timestamp with time zone not null,
    inventory_id int not null references inventory, customer_id int not null references customer,
    return_date timestamp with time zone, staff_id int not null references staff
);
create table payment (
    payment_id int primary key, customer_id int not null references customer, staff_id int not null references staff,
    rental_id int not null references rental, amount numeric(5, 2) not null,
    payment_date timestamp with time zone not null
);

insert into country select n, 'Country ' || n from generate_series(1, 5) n;
insert into city select n, 'City ' || n, 1 + n % 5 from generate_series(1, 12) n;
insert into address
select n, n || ' Long Street', 'District ' || n % 4, nullif(lpad((n * 37)::text, 5, '0'), '00037'), '', 1 + n % 12
from generate_series(1, 50) n;
insert into language values (1, 'English'), (2, 'Italian'), (3, 'Қазақ');
insert into category select n, 'Category ' || n from generate_series(1, 8) n;
insert into actor select n, 'First ' || n % 7, 'Last ' || n from generate_series(1, 30) n;
insert into film
select
    n, 'FILM ' || n, repeat('A thrilling story. ', n % 5), 2000 + n % 20, 1 + n % 3, case when n % 6 = 0 then 2 end,
    3 + n % 5, 0.99 + n % 4, nullif(40 + n, 50), 9.99 + n % 20, (enum_range(null::mpaa_rating))[1 + n % 5],
    case when n % 9 > 0 then (array['Trailers', 'Commentaries', 'Deleted Scenes'])[1:n % 4] end
from generate_series(1, 60) n;
insert into film_actor select distinct 1 + (f * k) % 30, f from generate_series(1, 60) f, generate_series(1, 4) k;
insert into film_category select f, 1 + f % 8 from generate_series(1, 60) f;
begin;
insert into store values (1, 1, 1), (2, 2, 2);
insert into staff
select
    n, 'Clerk', 'Number ' || n, 'clerk' || n || '@example.com', n < 4,
    case when n < 3 then convert_to('picture ' || n, 'UTF8') end, n + 2, 1 + (n + 1) % 2
from generate_series(1, 4) n;
commit;
insert into customer
select
    n, 1 + n % 2, 'Mary', 'Number ' || n, case when n % 10 > 0 then 'mary' || n || '@example.com' end, 10 + n,
    n % 8 > 0, date '2022-02-14' + n
from generate_series(1, 40) n;
insert into inventory select n, 1 + n % 60, 1 + n % 2 from generate_series(1, 120) n;
insert into rental
select
    n, timestamptz '2022-05-24 22:53:30+00' + n * interval '7 hours', 1 + n % 120, 1 + n % 40,
    case when n % 11 > 0 then timestamptz '2022-05-26 22:04:30+00' + n * interval '8 hours' end, 1 + n % 4
from generate_series(1, 300) n;
insert into payment
select rental_id, customer_id, staff_id, rental_id, 0.99 + rental_id % 9, rental_date + interval '1 minute' from rental;
reset search_path;
