"""Links to composites of which the source does not say to which member they lead."""
