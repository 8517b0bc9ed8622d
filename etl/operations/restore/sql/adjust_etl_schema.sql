-- Held: no program writes here before `etl restore --activate`. A part that was held stays so.
update {{ schema | ident }}.etl_schema set oldest_writer = oldest_writer + {{ held_from }}
where oldest_writer < {{ held_from }}
