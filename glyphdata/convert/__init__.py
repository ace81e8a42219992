"""Our datasets as other programs read them, theirs as ours, and several of ours as one.

All contracts of the room on one page:

- an **exporter** is one file of `exporters/`: a frozen dataclass, its fields the options of the
  format, whose `write(pictures, folder)` takes the samples one by one (`picture.Picture`) and
  writes files through `folder.Folder`. It holds no more than a sample at a time, whatever there
  are; what its format cannot say is skipped by name (`folder.skip`), never silently.
- an **importer** is one file of `importers/`: a frozen dataclass whose `read(source)` yields the
  pictures of a foreign data set one by one, in an order that belongs to the source alone, as plain
  values (`item.Item`): where the picture lies, and what is known of its texts.
- a **mix** takes whole groups of samples from datasets of ours, in given shares.

Which samples are exported or mixed, lists of keys say among others (`keys.py`).

An export appears under its name whole or not at all. Imports and mixes are made shard by shard by
the engines that make generated datasets, and may be killed and gone on with as those may.

`exporting.py` and `growing.py` run an exporter, `importing/` an importer, `mixing/` a mix;
`writing/` is what several exporters write with.
"""
