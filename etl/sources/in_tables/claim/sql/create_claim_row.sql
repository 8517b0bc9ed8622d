-- Claims one row. Where it fills its page there may still be room for the shorter status.
create or replace function pg_temp.claim_row(row_ctid tid) returns text language plpgsql as $claim$
begin
    update {{ in_schema | ident }}.{{ table | ident }}
    set in_status = 'ON_WORK', occupied_id = {{ run }}, occupied_at = clock_timestamp()
    where ctid = row_ctid;
    return case when found then 'claimed' else 'changed' end;
exception when program_limit_exceeded then
    begin
        update {{ in_schema | ident }}.{{ table | ident }} set in_status = 'ERROR' where ctid = row_ctid;
    exception when program_limit_exceeded then
        null; -- it stays as it is, and the next run says so again
    end;
    return 'refused';
end
$claim$
