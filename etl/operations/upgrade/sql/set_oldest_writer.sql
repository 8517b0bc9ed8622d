-- Programs with an older version of the part write no more, or may write again. What is held or closed stays so,
-- and a switch lowers nothing.
update {{ schema | ident }}.etl_schema s
set oldest_writer = s.oldest_writer - s.oldest_writer % {{ held_from }}
    + case when :is_forward then greatest(s.oldest_writer % {{ held_from }}, :oldest_writer) else :oldest_writer end
where s.part = :part
