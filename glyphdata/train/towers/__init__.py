"""The towers: what reads texts and what sees pictures, one file a kind."""
