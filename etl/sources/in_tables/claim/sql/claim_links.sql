-- Link rows have no run id: one import schema has one running run, so ON_WORK suffices. For rows that have it
-- already, see claim_rows.
update {{ in_schema | ident }}.{{ table | ident }} set in_status = 'ON_WORK' where in_status in ('', 'ON_WORK')
