-- The topics with dead letters that were not sent, and their number.
select topic, count(*) as letters
from {{ schema | ident }}.kafka_dead_letter
where sent_at is null
group by topic
order by topic
