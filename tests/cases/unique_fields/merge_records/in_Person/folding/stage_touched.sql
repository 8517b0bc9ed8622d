-- What rows of a staged table name, want or have: rows that share any of it are merged in their order.
create temporary table touched on commit drop as
with acting as materialized (
    select * from stage where _action <> 'rejected' or _is_ambiguous
)
select _row, _group as key from acting
union
select _row, 'n' || _in_id from acting where _in_id is not null
-- A row with a new in_id may be of each instance that another row names by it.
union
select r._row, e._group
from acting r
join (select distinct _in_id, _group from acting) e on e._in_id = r._in_id
union
select _row, 'i' || _holder_email from acting where _holder_email is not null
union
select _row, 'email ' || coalesce(_wants_email, _names_email) from acting where coalesce(_wants_email, _names_email) is not null
-- A row that its values match may be of each instance that gets one of them.
union
select r._row, e._group
from acting r
join (select distinct _wants_email as value, _group from acting) e on e.value = r._names_email
union
select _row, 'i' || _holder_passport from acting where _holder_passport is not null
union
select _row, 'passport ' || coalesce(_wants_passport, _names_passport) from acting where coalesce(_wants_passport, _names_passport) is not null
-- A row that its values match may be of each instance that gets one of them.
union
select r._row, e._group
from acting r
join (select distinct _wants_passport as value, _group from acting) e on e.value = r._names_passport
union
select _row, 'i' || _holder_number from acting where _holder_number is not null
union
select _row, 'number ' || coalesce(_wants_number, _names_number) from acting where coalesce(_wants_number, _names_number) is not null
-- A row that its values match may be of each instance that gets one of them.
union
select r._row, e._group
from acting r
join (select distinct _wants_number as value, _group from acting) e on e.value = r._names_number
