-- Empty, but ours: what is made in it later can be read at once.
create schema if not exists {{ schema | ident }}
