-- Few rows: without statistics the planner estimates a thousand, and reads whole tables to join them.
analyze stage
