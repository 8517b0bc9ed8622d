-- The moment that all tables of an export show, in whole microseconds.
select now() as now
