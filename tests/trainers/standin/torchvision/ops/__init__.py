"""Holds `misc`."""
