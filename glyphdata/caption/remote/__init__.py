"""Models elsewhere that caption: asked over HTTP, by files of requests, or from a recording."""
