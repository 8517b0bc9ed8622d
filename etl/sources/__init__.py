"""Where rows come from. Each source claims what is ready, stages it for the merge, and reports back."""
