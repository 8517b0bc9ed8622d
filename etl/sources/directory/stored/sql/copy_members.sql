-- Memberships of a sync that begin or end.
copy pg_temp.{{ table | ident }} (id, owner, owner_is_new, target, removed, _origin) from stdin
