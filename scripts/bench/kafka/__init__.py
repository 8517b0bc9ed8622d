"""The benchmark of topics: `etl kafka in` and `etl kafka out` beside the floor, hand-written for the same work."""
