-- Link tasks and the filling of out_ tables are planned by these statistics.
analyze store_demo.bo_Person (_id, _in_id, _state)