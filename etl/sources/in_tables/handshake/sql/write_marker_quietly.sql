-- For the rest of the transaction: what the engine writes into the marker need not be reported (create_hand_over_function).
select set_config('etl.writes_marker', 'on', true)
