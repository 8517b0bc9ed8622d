-- Recorded grants as statements, as far as their roles and columns still exist. An empty role name means PUBLIC.
select format('grant %s%s on table %I.%I to %s%s', g.privilege, ' (' || quote_ident(g.column) || ')',
    cast(:schema as text), cast(:name as text), case when g.grantee = '' then 'public' else quote_ident(g.grantee) end,
    case when g.grantable then ' with grant option' end) as statement
from jsonb_to_recordset(cast(:grants as jsonb)) as g (privilege text, "column" text, grantee text, grantable bool)
where (g.grantee = '' or exists (select from pg_roles r where r.rolname = g.grantee))
  and (g.column is null or exists (
      select from pg_attribute a
      where a.attrelid = to_regclass(format('%I.%I', cast(:schema as text), cast(:name as text)))
        and a.attname = g.column and not a.attisdropped
  ))
