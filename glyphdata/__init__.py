"""Synthetic text-image datasets with exact labels, and the encoder trained from them."""
