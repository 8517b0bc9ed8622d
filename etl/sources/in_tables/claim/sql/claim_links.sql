-- Link rows carry no run id: one import schema has one running run, so ON_WORK says enough. For those that say it
-- already, see claim_rows.
update {{ in_schema | ident }}.{{ table | ident }} set in_status = 'ON_WORK' where in_status in ('', 'ON_WORK')
