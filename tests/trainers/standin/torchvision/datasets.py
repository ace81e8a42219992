"""open_clip asks for this module on import, and for `ImageFolder` only where it reads ImageNet."""
