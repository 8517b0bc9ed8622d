-- Programs that could write here before may write again.
update {{ schema | ident }}.etl_schema set oldest_writer = oldest_writer - {{ closed_from }}
where oldest_writer >= {{ closed_from }}
