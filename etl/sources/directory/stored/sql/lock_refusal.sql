-- One sign-in of the account at a time: the next one sees whether it was refused.
lock table {{ schema | ident }}.ad_refusal in share row exclusive mode
