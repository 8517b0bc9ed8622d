-- Nothing of the person is known any more but digests.
update {{ schema | ident }}.erasure set subject = null, finished_at = clock_timestamp() where number = :number
