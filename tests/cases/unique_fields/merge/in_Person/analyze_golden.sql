-- Link tasks and the filling of out_ tables are planned by these statistics. Where another transaction makes some now,
-- and holds the table till its end, this one need not wait for it.
analyze (skip_locked) store_demo.bo_Person (_id, _in_id, _state)