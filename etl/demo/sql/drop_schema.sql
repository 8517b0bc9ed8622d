-- Only ever a schema of the demo's own database.
drop schema {{ schema | ident }} cascade
