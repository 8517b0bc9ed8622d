-- What was copied is of another server's transactions.
truncate {{ schema | ident }}.{{ target | ident }}
