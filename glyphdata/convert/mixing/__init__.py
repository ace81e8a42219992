"""One dataset of several: whole groups of samples, in given shares, wherever they come from.

`document.py` is what a mix may say, `loading.py` the gate from its file to a `Mix` (`asked.py`),
`opened.py` a source as it lies there. `schedule.py` says which source stands at which place,
`groups.py` which groups a source has, `factory.py` puts the two together, `members.py` makes what
it took a sample of the mix, and `mixing.py` runs it.
"""
