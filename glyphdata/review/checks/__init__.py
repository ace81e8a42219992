"""One question to a dataset per file. To add one, drop a file with one `Check` in it here."""
