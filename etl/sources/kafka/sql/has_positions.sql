-- Whether a worker or a run has made the tables of records.
select to_regclass(:name) is not null as is_there
