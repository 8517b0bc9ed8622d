-- Its next number is above all that are there; it never falls, as others may have taken numbers meanwhile.
select setval(
    t.name,
    greatest(
        (select max(r.{{ column | ident }}) from {{ schema | ident }}.{{ table | ident }} r),
        pg_sequence_last_value(t.name)
    )
) as raised_to
from (select cast(:name as regclass) as name) t
