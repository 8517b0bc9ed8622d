-- What the mirror had, to be compared with what comes.
create temporary table was on commit drop as select * from {{ schema | ident }}.{{ golden | ident }}
