"""What commands share: tables, live views, progress, and how a command prints, logs and is ended.

Receives values of the packages below. Prints them; decides nothing.
"""
