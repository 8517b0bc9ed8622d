-- Autovacuum never analyzes a temporary table. Of the columns only those by which rows are found.
analyze pg_temp.{{ table | ident }} (in_id, out_id, in_status, removed
    {%- for column in columns %}, {{ column | ident }}{% endfor %})
