-- A version whose tables exist and are empty.
{% from "version_identity.jinja" import version_identity %}
insert into {{ store_schema | ident }}.out_version
    (schema_name, code_version, environment_version, journal_position, structure, fill, place)
values
    (:schema_name, :code_version, :environment_version, cast(:upto as pg_snapshot), cast(:structure as jsonb),
        cast(:fill as jsonb), {{ version_identity(store_schema, ":schema_name") }})
