-- Whether another source has made the external id of a new instance a further one of another since the rows were
-- staged.
select
    exists (select from store_demo.alias where bo = :bo)
    and exists (
        select from stage s
        join store_demo.alias a on a.bo = :bo and a.in_id = s._in_id collate "C"
        where s._action = 'created'
    ) as is_there