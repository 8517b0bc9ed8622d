-- Views and functions for the readers of one version; its tables stay as they are.
create schema {{ reader_schema | ident }}
