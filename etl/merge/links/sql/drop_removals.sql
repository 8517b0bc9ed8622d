-- Removals are done; the remaining rows of the stage are links.
delete from stage where removed
