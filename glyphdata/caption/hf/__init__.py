"""Models of transformers that caption: loaded, tested, asked.

The one folder that may import torch and transformers; nothing imports it before a model is needed.
"""
