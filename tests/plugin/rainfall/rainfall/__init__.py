"""Parts for glyphdata: rain behind the text, a stutter, a table of texts."""
