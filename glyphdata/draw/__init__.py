"""Which pixels are ink, and whose: from placed glyphs to pixels, masks and labels."""
