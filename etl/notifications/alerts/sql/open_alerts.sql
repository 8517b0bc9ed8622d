-- What is wrong now.
select kind, subject, message, since from {{ schema | ident }}.alert where over_at is null order by kind, subject
