-- Link tasks and the filling of out_ tables are planned by these statistics.
analyze store_demo.bo_For_migration (_id, _in_id, _state)