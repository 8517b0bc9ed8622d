analyze remaining
