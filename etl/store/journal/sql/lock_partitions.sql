-- Without this lock a change could come into the partition between the look at it and its end. Changes come by way of
-- the journal itself.
lock table only {{ schema | ident }}.journal in access exclusive mode
