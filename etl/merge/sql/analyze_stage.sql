-- Few rows: without it the planner takes them for a thousand, and reads whole tables to find their like.
analyze stage
