-- A channel was notified, unless the alert has ended or begun again since.
update {{ schema | ident }}.alert
set unsent = array_remove(unsent, :channel), attempts = 0,
    notified = case when :is_over then notified else array_append(notified, :channel) end,
    sending_until = case when cardinality(array_remove(unsent, :channel)) > 0 then sending_until end
where kind = :kind and subject = :subject and (over_at is not null) = :is_over
