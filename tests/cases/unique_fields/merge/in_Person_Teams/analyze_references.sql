-- Many rows have come at once: with the old statistics, a later run would read all references for each arrival.
analyze store_demo.boi_reference