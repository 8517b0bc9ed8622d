-- Before the first run there are no receipts.
select to_regclass(:receipts) is not null as found, current_database() as database
