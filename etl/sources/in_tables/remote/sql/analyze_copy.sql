-- Autovacuum never analyzes a temporary table.
analyze pg_temp.{{ table | ident }}
    {{- " (id, in_id, in_status, occupied_id)" if kind in ("rows", "dependent rows") else "" }}
