-- Many rows: with it the planner looks them up while it reads the in_ table, whose pages are then written to in their order.
analyze stage (_place, _version)
