"""The pages, one file each: a PageRequest in, a frozen model out. No HTML, no HTTP, nothing is written."""
