-- The link tasks that follow are planned by these statistics, and the filling of out_ tables.
analyze store_demo.bo_Person (_id, _in_id, _state)