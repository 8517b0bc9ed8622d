analyze {{ schema | ident }}.{{ table | ident }}
