-- How long a statement of this transaction waits for a lock.
select current_setting('lock_timeout') as setting
