"""What several exporters write with: units of text, crops, masks as runs, other programs' files."""
