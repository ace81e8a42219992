"""The viewer: a dataset's pictures, labels and facts in a browser, served from this machine."""
