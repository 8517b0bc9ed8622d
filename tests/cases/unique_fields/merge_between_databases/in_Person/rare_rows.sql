-- Whether a row of the stage may match its instance by something else than in_id.
select 1 as found
where exists (select 1 from stage where _out_id is not null and _out_id is distinct from _known)
   or (
       exists (select 1 from store_demo.alias where bo = :bo)
       and exists (select 1 from stage where _known is null)
   )