-- The value of a pin as a row of a source that gives one field. It is text of the column's type (see reader_of).
insert into pg_temp.{{ table | ident }} (id, out_id, _given, _origin, {{ field | ident }})
values (1, :instance, :given, :origin, cast(:value as {{ sql_type }}))
