"""What `tests/bench/peers.py` sets to work: one program per generator, and what judges them."""
