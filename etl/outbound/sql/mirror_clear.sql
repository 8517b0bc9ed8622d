-- All of it comes anew.
delete from {{ schema | ident }}.{{ golden | ident }}
