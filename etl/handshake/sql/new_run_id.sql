-- A positive bigint that rises with time: milliseconds by the database's clock, then 20 random bits.
select (cast(extract(epoch from clock_timestamp()) * 1000 as bigint) << 20) | cast(random() * 1048575 as bigint) as id
