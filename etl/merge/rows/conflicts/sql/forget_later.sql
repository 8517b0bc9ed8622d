-- Each pass notes its own.
delete from later
