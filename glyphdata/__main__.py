"""`python -m glyphdata`."""

from glyphdata.cli import main

if __name__ == "__main__":
    main()
