"""The benchmark of the console: every page beside a large store and millions of errors, and open pages that follow."""
