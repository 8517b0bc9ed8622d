-- people who changed last
select surname, name, cast(birthdate as date), email, isresident, system_id
from {{ out_schema | ident }}.naturalperson
order by updated_at desc, iin
limit 4
