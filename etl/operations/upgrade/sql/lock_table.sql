-- No one reads or writes the table until the end of the transaction.
lock table {{ schema | ident }}.{{ table | ident }} in access exclusive mode
