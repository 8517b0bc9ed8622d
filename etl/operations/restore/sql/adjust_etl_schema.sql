-- Held: no program writes here before `etl restore --activate`. A part that was held stays so, and one that was closed
-- by a hold is held too.
update {{ schema | ident }}.etl_schema set oldest_writer = oldest_writer % {{ held_from }} + {{ held_from }}
