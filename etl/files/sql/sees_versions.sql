-- Whether our role may read what is recorded of the schema; false where nothing is.
select coalesce(has_table_privilege(to_regclass(:table), 'select'), false) as sees_versions
