-- Whoever reads now is waited for; nobody begins to.
lock table {% for table in tables %}{{ ", " if not loop.first }}{{ schema | ident }}.{{ table | ident }}{% endfor %} in access exclusive mode
