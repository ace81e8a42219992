"""Other people's trainers as they are tested, with what their import needs and we do not have."""

OPEN_CLIP = (
    "open_clip_torch==3.3.0",
    "webdataset==0.2.86",
    "braceexpand==0.1.7",
    "ftfy==6.3.1",
    "wcwidth==0.9.4",
)
ENERGON = (
    "megatron-energon==7.4.1",
    "bracex==3.2.2",
    "braceexpand==0.1.7",
    "deprecation==2.1.0",
    "filetype==1.2.0",
    "lark==1.3.1",
    "mfusepy==3.1.1",
    "multi-storage-client==1.3.1",
    "prettytable==3.18.0",
    "rapidyaml==0.15.2",
    "wcmatch==10.2.1",
    "wcwidth==0.9.4",
    "xattr==1.3.0",
)
LIGHTNING = (
    "pytorch-lightning==2.6.6",
    "lightning-utilities==0.15.3",
    "torchmetrics==1.9.0",
)
