-- Without this lock a row could come into the partition between the look at it and its end. Rows come by way of the
-- whole table.
lock table only {{ schema | ident }}.{{ table | ident }} in access exclusive mode
