"""Is a dataset any good? Checks that judge it, an overlay and a contact sheet that show it."""
