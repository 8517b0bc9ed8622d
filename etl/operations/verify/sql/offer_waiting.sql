-- Taken again, a link that waits still waits, and one that was made is done.
update {{ schema | ident }}.{{ table | ident }} set in_status = '' where in_status = 'WAITING'
