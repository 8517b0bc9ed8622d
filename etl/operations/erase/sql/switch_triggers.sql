-- The audit refuses every change, for its owner too; in the transaction of an erasure it takes one.
alter table {{ schema | ident }}.{{ table | ident }} {{ "enable" if is_enabled else "disable" }} trigger user
