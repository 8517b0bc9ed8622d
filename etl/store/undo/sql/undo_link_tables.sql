-- Which link tables it concerns.
select distinct bo, field, target_bo from undo_ended
