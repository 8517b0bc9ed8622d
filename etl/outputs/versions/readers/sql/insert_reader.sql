-- A reader that has nothing yet: its first delivery is a full delivery.
insert into {{ store_schema | ident }}.reader (schema_name, reader, role_name)
values (:schema_name, :reader, :role)
on conflict do nothing
