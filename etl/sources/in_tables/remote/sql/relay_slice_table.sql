-- Long values come in slices: a row of COPY is one message, which libpq holds whole.
create temporary table slice (place tid, ordinal int, n int, part bytea) on commit drop
