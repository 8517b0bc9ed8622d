-- What no other transaction has ended meanwhile, see finish_references.
delete from hit h
where not exists (
    select 1 from stage s
    where s.owner = h.known_owner and s.target = h.target and s.owner_in_id = h.owner_in_id
      and s.target_field = h.target_field and s.target_value = h.target_value
)
