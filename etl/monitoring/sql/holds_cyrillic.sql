-- Whether the database's encoding has the letters of our own sentences (views, err); an error where it has not. As
-- bytes, since as a text the question itself could not be asked.
select convert(decode('d18f', 'hex'), 'UTF8', getdatabaseencoding()) as letter
