-- All of it is copied again.
delete from {{ schema | ident }}.{{ golden | ident }}
