-- The directory was not asked, or knows the password: the try does not count.
update {{ schema | ident }}.ad_try set tries = tries - 1 where login = :login and tries > 0
