"""One format of other people's per file. To add one, drop a dataclass with `read` in here."""
