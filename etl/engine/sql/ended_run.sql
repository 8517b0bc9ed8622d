-- Only what has ended can be reverted.
select id from {{ schema | ident }}.run where id = :run and state in ('done', 'stopped')
