-- Many links may have been restored, which no statistics know.
analyze pg_temp.undo_ended
