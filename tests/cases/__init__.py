"""Cases of the DDL: a folder each, with business objects and the whole SQL they must give in each direction."""
