-- Units that follow are above all runs of the import.
update {{ schema | ident }}.unit_number set last_number = greatest(last_number, :number)
