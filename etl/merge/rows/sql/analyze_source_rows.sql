-- Many rows: with these statistics the planner reads the in_ table in order, so that its pages are written in order.
analyze stage (_source_row, _version)
