-- Else the planner takes it for a small table, and looks up each row of it.
analyze pg_temp.present
