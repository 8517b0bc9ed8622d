-- Without it the planner believes that hardly a row has the new status, and falls into nested loops.
analyze {{ in_schema | ident }}.{{ table | ident }} (id, in_id, in_status, occupied_id)
