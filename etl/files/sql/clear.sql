-- In the transaction of the file that takes its place: after an error the old rows are there again.
truncate {{ schema | ident }}.{{ table | ident }}
