-- Deletes rows whose new versions are about to be copied, or which the store no longer has. This transaction has just
-- copied the journal.
delete from {{ schema | ident }}.{{ golden | ident }} m
using (
    select distinct j.instance, j.target
    from {{ schema | ident }}.journal j
    where j.written_by = pg_current_xact_id() and j.bo = :bo
      and j.field {{ "= :field" if is_link else "is null" }}
) j
where {{ "m._owner = j.instance and m._target = j.target" if is_link else "m._id = j.instance" }}
