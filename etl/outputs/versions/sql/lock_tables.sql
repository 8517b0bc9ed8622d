-- Whoever reads now is waited for; nobody begins to.
lock table {{ tables | idents(schema | ident) | comma_list }} in access exclusive mode
