-- Each table becomes rows of an object, each foreign key rows of a link table; the primary key is the in_id.
insert into in_tables.in_Country (in_id, Name) select country_id, country from pagila.country;
insert into in_tables.in_City (in_id, Name) select city_id, city from pagila.city;
insert into in_tables.in_City_Country (City_id, Country_id) select city_id, country_id from pagila.city;
insert into in_tables.in_Address (in_id, Address, District, PostalCode, Phone)
select address_id, address, district, postal_code, phone from pagila.address;
insert into in_tables.in_Address_City (Address_id, City_id) select address_id, city_id from pagila.address;
-- A row of a dictionary is named by its code; character(20) has blanks behind it.
insert into in_tables.in_Language (in_id, code, label) select language_id, trim(name), trim(name) from pagila.language;
insert into in_tables.in_Category (in_id, Name) select category_id, name from pagila.category;
insert into in_tables.in_Actor (in_id, FirstName, LastName) select actor_id, first_name, last_name from pagila.actor;
insert into in_tables.in_Film (
    in_id, Title, Description, ReleaseYear, Language, OriginalLanguage, RentalDuration, RentalRate, Length,
    ReplacementCost, Rating, SpecialFeatures
)
select
    f.film_id, f.title, f.description, make_timestamptz(f.release_year, 1, 1, 0, 0, 0, 'UTC'), trim(l.name),
    trim(o.name), f.rental_duration, f.rental_rate, f.length, f.replacement_cost, f.rating,
    (select jsonb_agg(jsonb_build_object('label', one, 'checked', true)) from unnest(f.special_features) one)
from pagila.film f
join pagila.language l using (language_id)
left join pagila.language o on o.language_id = f.original_language_id;
-- Tables of two foreign keys are link tables already.
insert into in_tables.in_Film_Actors (Film_id, Actors_id) select film_id, actor_id from pagila.film_actor;
insert into in_tables.in_Film_Categories (Film_id, Categories_id) select film_id, category_id from pagila.film_category;
-- Stores and staff name each other: nothing has to come first.
insert into in_tables.in_Store (in_id, Number) select store_id, store_id from pagila.store;
insert into in_tables.in_Store_Manager (Store_id, Manager_id) select store_id, manager_staff_id from pagila.store;
insert into in_tables.in_Store_Address (Store_id, Address_id) select store_id, address_id from pagila.store;
insert into in_tables.in_fileStorage (file_id, file_name, mime_type, content)
select 'staff-' || staff_id, staff_id || '.png', 'image/png', picture from pagila.staff where picture is not null;
insert into in_tables.in_Staff (in_id, FirstName, LastName, Email, Active, Picture)
select staff_id, first_name, last_name, email, active, case when picture is not null then 'staff-' || staff_id end
from pagila.staff;
insert into in_tables.in_Staff_Store (Staff_id, Store_id) select staff_id, store_id from pagila.staff;
insert into in_tables.in_Customer (in_id, FirstName, LastName, Email, Active, Created)
select customer_id, first_name, last_name, email, activebool, create_date::timestamp at time zone 'UTC'
from pagila.customer;
insert into in_tables.in_Customer_Store (Customer_id, Store_id) select customer_id, store_id from pagila.customer;
-- Of a composite each member has a link table.
insert into in_tables.in_Address_Residents_Customer (Address_id, Residents_id)
select address_id, customer_id from pagila.customer;
insert into in_tables.in_Address_Residents_Staff (Address_id, Residents_id)
select address_id, staff_id from pagila.staff;
insert into in_tables.in_Inventory (in_id, Number) select inventory_id, inventory_id from pagila.inventory;
insert into in_tables.in_Inventory_Film (Inventory_id, Film_id) select inventory_id, film_id from pagila.inventory;
insert into in_tables.in_Inventory_Store (Inventory_id, Store_id) select inventory_id, store_id from pagila.inventory;
insert into in_tables.in_Rental (in_id, Rented, Returned) select rental_id, rental_date, return_date from pagila.rental;
insert into in_tables.in_Rental_Inventory (Rental_id, Inventory_id) select rental_id, inventory_id from pagila.rental;
insert into in_tables.in_Rental_Customer (Rental_id, Customer_id) select rental_id, customer_id from pagila.rental;
insert into in_tables.in_Rental_Staff (Rental_id, Staff_id) select rental_id, staff_id from pagila.rental;
insert into in_tables.in_Payment (in_id, Amount, Paid) select payment_id, amount, payment_date from pagila.payment;
insert into in_tables.in_Payment_Customer (Payment_id, Customer_id) select payment_id, customer_id from pagila.payment;
insert into in_tables.in_Payment_Staff (Payment_id, Staff_id) select payment_id, staff_id from pagila.payment;
insert into in_tables.in_Payment_Rental (Payment_id, Rental_id) select payment_id, rental_id from pagila.payment;
delete from in_tables.process_tracking;
