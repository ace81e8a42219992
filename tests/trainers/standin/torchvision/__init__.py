"""Not torchvision: a stand-in with the few names that open_clip's trainer imports.

torchvision's operators do not load beside every build of torch, and nothing of this project needs
it. open_clip takes its transforms from there; the four that a run of its trainer calls are written
here over Pillow, the others refuse to be made. What is tested with it is open_clip's loader and
trainer, and nothing about torchvision.
"""
