-- What has followed the journal follows it still.
insert into {{ schema | ident }}.journal_number (relation, known_as)
values (cast(:relation as oid), cast(:known_as as oid))
