"""How these pages become a site: `python -m docs.press` writes `out/site/`, as `make docs` does.

Markdown stays as it is read on a forge; what the site's builder needs otherwise is changed on the
way. Reference pages are made from the code (`python -m docs.press --reference` writes those that
are kept under `docs/reference/`), the gallery's pictures are drawn anew at each build.
"""
