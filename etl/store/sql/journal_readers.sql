-- The out_ versions for which the oldest row of the journal is kept past its age.
select v.schema_name, v.followed_at
from (select run, written_by from {{ schema | ident }}.journal order by written_by limit 1) j
join {{ schema | ident }}.out_version v on j.written_by >= pg_snapshot_xmin(v.journal_position)
where j.run < :before
order by v.schema_name
