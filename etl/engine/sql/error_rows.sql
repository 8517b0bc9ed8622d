-- Rows of the run that need their owner; skipped values are only warnings.
select count(*) as errors from {{ schema | ident }}.err where run = :run and severity = 'error'
