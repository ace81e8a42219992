"""Fetching families of fonts from the registries of Python's and JavaScript's packages."""
