-- Readers and writers of the table continue meanwhile.
drop index concurrently if exists {{ schema | ident }}.{{ index | ident }}
