"""Captions beside the shards: how they are written, kept while a run goes on, joined and merged."""
