-- A SINGLE field keeps the newest link of an owner: among the rows of the stage the one inserted last (equal times: the
-- greater target), and none that is older than the link the owner has, also where another source has made that since
-- this run's start. A link with a time after now and after all rows of the stage was made while the clock was wrong, so
-- its age is unknown; not where the times only show the order (`is_exact`), nor for a reference from the same days
-- (`is_served`).
delete from stage s
using (
    select ctid as row_ctid, row_number() over (partition by owner order by linked_at desc, target desc) as age, owner,
        target, linked_at
    from stage
    where owner is not null and target is not null
) ranked
where ranked.row_ctid = s.ctid
  and (
      ranked.age > 1
      or exists (
          select 1 from store_demo.link_Person_Teams g
          where g._owner = ranked.owner and (g._linked_at, g._target) > (ranked.linked_at, ranked.target)
            and g._linked_at <= greatest(greatest(:started_at, statement_timestamp()), (select max(linked_at) from stage))
      )
  )