"""Does the data teach? Encoders of text and picture, trained from shards, in plain torch."""
