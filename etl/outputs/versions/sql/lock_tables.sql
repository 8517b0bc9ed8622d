-- Waits for current readers; new ones wait.
lock table {{ tables | idents(schema | ident) | comma_list }} in access exclusive mode
