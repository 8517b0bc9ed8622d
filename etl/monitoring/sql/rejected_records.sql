-- Dead letters that are kept, by topic and code: at most :count of the newest.
select topic, code, count(*) as records
from (select topic, code from {{ schema | ident }}.kafka_dead_letter order by id desc limit :count) d
group by topic, code
order by topic, code
