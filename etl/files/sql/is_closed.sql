-- Whether an operator lets no program write.
select coalesce(bool_or(oldest_writer >= :closed_from), false) as is_closed from {{ schema | ident }}.etl_schema
