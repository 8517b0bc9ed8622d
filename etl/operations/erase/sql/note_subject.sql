-- What has been found since is searched for too.
update {{ schema | ident }}.erasure
set subject = cast(:subject as jsonb), id_digests = cast(:id_digests as text[])
where number = :number
