-- The whole table is copied again.
delete from {{ schema | ident }}.{{ golden | ident }}
