<<<<<<< HEAD
-- Whoever reads now is waited for; nobody begins to.
lock table {{ tables | idents(schema | ident) | comma_list }} in access exclusive mode
=======
-- Waits for current readers; new ones wait.
lock table {% for table in tables %}{{ ", " if not loop.first }}{{ schema | ident }}.{{ table | ident }}{% endfor %} in access exclusive mode
>>>>>>> 6ec9f00 (State plainly what database, outputs, commands and docs do; rename docs/rights.md to docs/privileges.md)
