-- Programs that do not know this version of the part write no more. What is held or closed stays so.
update {{ schema | ident }}.etl_schema s
set oldest_writer = s.oldest_writer - s.oldest_writer % {{ held_from }} + :oldest_writer
where s.part = :part and s.oldest_writer % {{ held_from }} < :oldest_writer
