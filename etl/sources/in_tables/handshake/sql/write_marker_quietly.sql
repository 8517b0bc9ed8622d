-- For the rest of the transaction: the engine's own writes to the marker are not notified (create_hand_over_function).
select set_config('etl.writes_marker', 'on', true)
