"""Who is notified: hooks, late and stalled feeds, traces and metrics."""
