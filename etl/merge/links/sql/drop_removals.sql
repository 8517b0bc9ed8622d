-- What they asked for is done; what is left of the stage brings links.
delete from stage where removed
