"""What reads input of unknown making, each as a function of bytes that may refuse and no more.

A target may raise `GlyphdataError`; whatever else comes out of it is a fault of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import captions, files, foreign, sets
from tests.fuzz.ground import Read


@dataclass(frozen=True)
class Target:
    """A reader: its sound inputs, the words of its format, and what it does with a mutant.

    `seeds` and `reader` are given a folder to work in, which holds a small dataset in `set/`.
    `heavy` tells how many times the work of a parser of texts one mutant takes.
    """

    name: str
    seeds: Callable[[Path], list[bytes]]
    reader: Callable[[Path], Read]
    words: tuple[bytes, ...] = ()
    heavy: int = 1


TARGETS: dict[str, Target] = {
    one.name: one
    for one in (
        Target(
            "recipe",
            files.shipped("*.yaml"),
            files.recipe_of,
            (b"kind: ", b"- ", b"&a ", b"*a", b"!!x "),
            4,
        ),
        Target(
            "settings",
            files.shipped("train/*.yaml"),
            files.settings_of,
            (b"text: ", b"- ", b"{", b"&a "),
            3,
        ),
        Target(
            "tar", sets.tars_of, sets.tar_of, (b"ustar\0", b"../", b"/", b"77777777777", b"x", b"2")
        ),
        Target("index", sets.indexes_of, sets.index_of, (b"PAR1", b"shard", b"offset"), 3),
        Target(
            "part",
            sets.parts_of,
            sets.part_of,
            (b'"shard":', b'"offset":', b'"size":', b'"key":'),
            2,
        ),
        Target("claim", *sets.state("recipe.json"), (b'"samples":', b'"excluded":'), 2),
        Target(
            "manifest",
            *sets.whole_set(".glyphdata/manifest.json"),
            (b'"shards":', b'"recipe":'),
            20,
        ),
        Target(
            "card", *sets.whole_set("README.md"), (b"---\n", b"- ", b"&a ", b"*a ", b"[", b"{"), 20
        ),
        Target("sizes", *sets.whole_set("data/sizes.json"), (b'"train-000000.tar":',), 20),
        Target("sums", *sets.whole_set("SHA256SUMS"), (b"  data/train-000000.tar\n",), 20),
        Target("record", *sets.state("shards/000000.json"), (b'"faces":', b'"sha256":'), 2),
        Target(
            "facts", sets.members_of("json"), sets.verified("json"), (b'"boxes":', b'"text":'), 3
        ),
        Target(
            "layout",
            sets.members_of("layout.json"),
            sets.verified("layout.json"),
            (b'"lines":',),
            3,
        ),
        Target(
            "drawing",
            sets.members_of("json", "layout.json"),
            sets.overlaid_of,
            (b'"boxes":', b'"quad":'),
            3,
        ),
        Target(
            "said",
            captions.overlays_of,
            sets.verified("captions.json"),
            (b'"mentions":', b'"ref":'),
            3,
        ),
        Target(
            "mask", sets.members_of("mask.png"), sets.verified("mask.png"), (b"IHDR", b"IDAT"), 3
        ),
        Target(
            "prompt",
            lambda _: captions.PROMPTS,
            captions.prompt_of,
            (b'Text "', b'". ', b"\\", b"<font-", b"\\u"),
        ),
        Target(
            "overlay",
            captions.overlays_of,
            captions.overlay_of,
            (b'"captions":', b'"level":', b'"locked":'),
            3,
        ),
        Target(
            "replay",
            lambda _: captions.REPLAYS,
            captions.replay_of,
            (b'"level":', b'"finish":', b'"style":'),
        ),
        Target(
            "results",
            lambda _: captions.RESULTS,
            captions.results_of,
            (b'"body":', b'"choices":', b'"error":'),
        ),
        Target("own", lambda _: [b'{"key":"a","text":"b"}\n'], captions.own_of, (b'"key":',)),
        Target(
            "where",
            lambda _: files.WHERES,
            files.where_of,
            (b"=", b"<", b"..", b"inf", b"~", b"!=", b"\n"),
        ),
        Target(
            "keys",
            lambda _: [b"0-1\tbad\n# no\n\n0-2\r\n"],
            files.keys_of,
            (b"\t", b"\n", b"\xef\xbb"),
        ),
        Target(
            "jsonl", lambda _: [b'{"text":"a b"}\n"c"\n'], files.texts_in(".jsonl"), (b'"text":',)
        ),
        Target(
            "csv",
            lambda _: [b'text,n\na,1\n"b\n""c",2\n'],
            files.texts_in(".csv"),
            (b'"', b",", b"\n"),
        ),
        Target(
            "boxes",
            lambda _: [b"[[1,2,3,4],[5,6,7,8,9.5]]\n"],
            files.boxes_in(".jsonl"),
            (b"[", b"1e9"),
        ),
        Target(
            "photo",
            files.photos_of,
            files.photo_of,
            (b"IHDR", b"Exif\0\0", b"\xff\xda", b"VP8X"),
            2,
        ),
        Target(
            "registry",
            files.registries_of,
            files.registry_of,
            (b'"token":', b'"metrics":', b'"prints":'),
        ),
        Target("table", lambda _: [b'{"A-Bold":0,"en-B":1}'], files.table_of, (b'"', b":")),
        Target(
            "font", files.fonts_of, files.font_of, (b"glyf", b"cmap", b"GSUB", b"CFF ", b"fvar"), 6
        ),
        Target("woff", files.woffs_of, files.woff_of, (b"wOF2",), 6),
        Target(
            "mix",
            lambda _: [foreign.MIX],
            foreign.mix_of,
            (b"share: ", b"- {", b"all", b"where: ", b"set"),
            8,
        ),
        *(
            Target(
                f"import-{kind}",
                foreign.lists_of(kind),
                foreign.imported(kind),
                (b"null", b"[]", b"{}", b"1e999", b"../x", b"\\ud800", b"-1"),
                2,
            )
            for kind in foreign.LISTS
        ),
    )
}
"""Every reader by name; `heavy` is measured on one core."""
