-- The database that the URL leads to.
select current_database() as name
