-- How many ids were given, and what became of them.
select
    (select count(*) from pg_temp.present) as given,
    count(*) filter (where difference = 'missing') as missing,
    count(*) filter (where difference = 'extra') as extra,
    count(*) filter (where difference = 'different') as different
from pg_temp.difference
