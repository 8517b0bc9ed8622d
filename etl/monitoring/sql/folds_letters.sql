-- Whether the database's locale knows capitals beyond A to Z; with LC_CTYPE C it does not.
select lower('ЖӘÉ') = 'жәé' as folds
