-- Readers and writers of the table continue meanwhile.
reindex index concurrently {{ schema | ident }}.{{ index | ident }}
