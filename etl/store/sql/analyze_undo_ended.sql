-- So many links were brought back now; no statistics knew.
analyze pg_temp.undo_ended
