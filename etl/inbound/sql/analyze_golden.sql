-- The link tasks that follow are planned by these statistics.
analyze {{ store_schema | ident }}.{{ golden | ident }} (_id, _in_id)
