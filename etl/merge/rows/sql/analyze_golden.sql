-- The link tasks that follow are planned by these statistics, and the filling of out_ tables.
analyze {{ store_schema | ident }}.{{ golden | ident }} (_id, _in_id, _state)
