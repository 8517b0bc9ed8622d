-- What is erased, from before the first row is changed: a command that is called again continues it.
insert into {{ schema | ident }}.erasure (number, bo, instance, id_digests, reason, erased_by, subject)
values (:number, :bo, :instance, cast(:id_digests as text[]), :reason, :erased_by, cast(:subject as jsonb))
