-- It is joined with the stage several times.
analyze duplicate
