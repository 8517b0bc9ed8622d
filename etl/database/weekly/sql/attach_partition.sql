-- As a table of its own first: to attach it leaves those who write alone; only the default partition is locked.
create table {{ schema | ident }}.{{ name | ident }} (
    like {{ schema | ident }}.{{ table | ident }} including defaults including storage including indexes
    including constraints
);
-- The default partition is locked until the end of the transaction: it is small, and is looked through.
alter table {{ schema | ident }}.{{ table | ident }}
    attach partition {{ schema | ident }}.{{ name | ident }} for values from (:first_unit) to (:after_unit)
