-- What is deferred to the commit is checked now.
set constraints all immediate
