-- Nothing was done, since a server was away: the same form may be sent again.
delete from {{ schema | ident }}.web_action_key
where viewer = :viewer and key_digest = :key_digest and result is null
