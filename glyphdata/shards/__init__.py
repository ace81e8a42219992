"""How samples lie on disk: shards, their completion records, the index, the card, and reading."""
