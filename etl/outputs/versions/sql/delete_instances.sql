-- Instances in a state that is not shown leave the out_ table. Its ids have the database's collation, as the contract's
-- DDL has it, and the store's do not: compared as they are, no index of the out_ table would serve.
{% from "window.jinja" import state_changed, window %}
delete from {{ out_schema | ident }}.{{ out_table | ident }} o
using {{ store_schema | ident }}.{{ golden | ident }} g
where o.system_id = g._id collate "default" and {{ hidden | each("g._state = '{0}'") | any_of }}
  and g._id in (
      select j.instance
      from {{ store_schema | ident }}.journal j
      where j.bo = :bo and j.field is null and {{ state_changed("j", ["removed", "returned"]) }}
      and {{ window("j") }}
  )
