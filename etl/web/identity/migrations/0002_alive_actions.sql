-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- When the process of an action has last said that it is being done; null: an older program does it, and says nothing.
alter table {{ schema | ident }}.web_action_key add column alive_at timestamp with time zone;
