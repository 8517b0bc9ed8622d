-- Only what has ended can be taken back.
select id from {{ schema | ident }}.run where id = :run and state in ('done', 'stopped')
