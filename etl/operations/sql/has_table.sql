-- Whether there is a table of that name.
select to_regclass(:name) is not null as is_there
