-- The next batch, or the next part of this one, makes its own; views of links go with their table.
drop table if exists pg_temp.mark, pg_temp.err, pg_temp.kafka_link, pg_temp.kafka_instance
{{- tables | idents | each(", pg_temp.{0}") | join }} cascade
