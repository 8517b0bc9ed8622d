-- The mirror's old rows, to be compared with the copied ones.
create temporary table was on commit drop as select * from {{ schema | ident }}.{{ golden | ident }}
