-- How many people the syncs know, how many of them they no longer find, and what time it is.
select count(*) as people, count(vanished_since) as vanished, clock_timestamp() as now
from {{ schema | ident }}.ad_person
