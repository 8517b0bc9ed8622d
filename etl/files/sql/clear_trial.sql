-- The next block comes.
truncate pg_temp.fill_cells, pg_temp.fill_tried
