-- What has followed the journal follows it still.
insert into {{ schema | ident }}.journal_succession (relation, continues)
values (cast(:relation as oid), cast(:continues as oid))
