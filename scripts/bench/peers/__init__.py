"""The peers: other tools move the same in_ table into an out table by its key; ours does its whole job meanwhile."""
