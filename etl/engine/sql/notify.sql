-- Whoever listens learns that new data is out. Sent with the commit of RUN_PROCESSES.
select pg_notify('etl', :payload)
