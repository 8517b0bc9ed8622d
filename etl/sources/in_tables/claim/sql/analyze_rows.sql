-- Without it the planner estimates that hardly a row has the new status, and chooses nested loops.
analyze {{ in_schema | ident }}.{{ table | ident }} (id, in_id, in_status, occupied_id)
