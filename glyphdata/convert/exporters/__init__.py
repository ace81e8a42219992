"""Other programs' formats, one file each; the file's name is the format's.

An exporter is a frozen dataclass. Its docstring opens with the sentence that `glyphdata kinds
exporters` shows and says who reads the format; its fields are the options (`-s KEY=VALUE`). See
`icdar.py` for the shortest.
"""
