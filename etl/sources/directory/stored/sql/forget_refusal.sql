-- The account was let in.
delete from {{ schema | ident }}.ad_refusal
