-- After many rows at once: without statistics the next window, however small, would be joined to the whole table.
analyze {{ out_schema | ident }}.{{ table | ident }}
