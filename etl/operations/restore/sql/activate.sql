-- Programs that could write here before the restore may write again.
update {{ schema | ident }}.etl_schema set oldest_writer = oldest_writer - {{ held_from }}
where oldest_writer between {{ held_from }} and 2 * {{ held_from }} - 1
