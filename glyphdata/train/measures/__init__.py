"""How like real ones generated pictures are, by networks whose weights lie on this machine."""
