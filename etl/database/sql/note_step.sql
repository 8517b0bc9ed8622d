-- For people, in the same transaction.
insert into {{ schema | ident }}.etl_step (part, version, name, made_by)
values (:part, :version, :name, :made_by)
