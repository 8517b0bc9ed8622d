-- Long values are copied in slices: a row of COPY is one message, which libpq holds in memory.
create temporary table slice (source_row tid, ordinal int, n int, part bytea) on commit drop
