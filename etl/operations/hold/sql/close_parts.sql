-- No program may write there, of whatever version. What a restore holds is held already.
update {{ schema | ident }}.etl_schema set oldest_writer = oldest_writer + {{ closed_from }}
where oldest_writer < {{ held_from }}
