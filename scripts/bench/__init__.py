"""The benchmark: the real engine and the floor, the best hand-written SQL for the same work, in turn on one server."""
