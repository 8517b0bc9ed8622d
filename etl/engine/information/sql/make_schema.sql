-- Ours from now on, by the comment that follows.
create schema {{ schema | ident }}
