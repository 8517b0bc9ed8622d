-- All changes of one instance, its links among them.
create index journal_instance on {{ schema | ident }}.journal (instance) where change <> 'touched'
