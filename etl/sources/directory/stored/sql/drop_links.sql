-- Before the transaction ends, so that it can merge more.
drop table if exists pg_temp.mark, pg_temp.err
{{- tables | idents | each(", pg_temp.{0}") | join }}
