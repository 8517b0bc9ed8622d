-- The out_ versions and outputs for which the oldest row of the journal is kept past its age.
select r.reader
from (select run, written_by from {{ schema | ident }}.journal order by written_by limit 1) j
join (
    select cast(schema_name as text) as reader, journal_position from {{ schema | ident }}.out_version
    union all
    select 'the output ' || name, journal_position from {{ schema | ident }}.kafka_output
) r on j.written_by >= pg_snapshot_xmin(r.journal_position)
where j.run < :before
order by r.reader
