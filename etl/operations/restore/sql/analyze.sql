-- A dump has no statistics, and plans without them are bad ones.
analyze {{ schema | ident }}.{{ table | ident }}
