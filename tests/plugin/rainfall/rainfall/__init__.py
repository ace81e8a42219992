"""Parts for glyphdata: rain, a stutter, sepia, few words, a check for shouting, a table."""
