"""Readers of prompts, captions and recorded answers."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.ground import Read, bare, ignored, written


def prompt_of(_: Path) -> Read:
    from glyphdata.caption.prompt import escape, parse, prompt, unescape

    def read(data: bytes) -> None:
        said = data.decode("utf-8", "surrogateescape")
        assert unescape(escape(said)) == said
        assert parse(prompt([(said, 3, "<font-7>")]))[0].text == said
        parse(said)

    return read


PROMPTS = [
    b'Text "a \\"b\\"" in <color-3>, <font-7>. Text "c". ',
    'Text "héß\\u2028<color-1>" in <color-0>, <en-font-12>. '.encode(),
]


def overlay_of(folder: Path) -> Read:
    from glyphdata.shards.blending import spoken
    from glyphdata.shards.dataset import Dataset

    root = bare(folder, "captioned")
    (root / "captions").mkdir()

    def read(data: bytes) -> None:
        written(root, "captions/train-000000.jsonl", data)
        for record in Dataset(root).stream(captions="mixed"):
            record.text  # noqa: B018
            spoken(record.key, record.members.get("captions.json"))

    return read


def overlays_of(folder: Path) -> list[bytes]:
    import hashlib

    import orjson

    from glyphdata.shards.dataset import Dataset

    lines = []
    for record in Dataset(bare(folder, "plain")):
        quoted = [{"ref": 0, "start": 0, "end": 1, "status": "exact"}]
        said = [
            {"level": 2, "style": "plain", "text": "a", "source": "human", "locked": True},
            {"level": 3, "style": "plain", "text": "b", "mentions": quoted},
        ]
        said[0]["mentions"] = quoted
        digest = hashlib.sha256(record.members["json"]).hexdigest()
        fields = {"key": record.key, "scene_sha256": digest, "captions": said}
        lines.append(orjson.dumps(fields) + b"\n")
    return [lines[0], b"".join(lines)]


def replay_of(folder: Path) -> Read:
    from glyphdata.caption.captioner import Asked
    from glyphdata.caption.remote.recording import Recording

    asked = [Asked(f"0-{level}", {}, level) for level in range(1, 7)]

    def read(data: bytes) -> None:
        recording = Recording(written(folder, "answers.jsonl", data))
        for one in asked:
            recording.answer(one)
        recording.close()

    return read


REPLAYS = [
    b'{"key":"0-1","level":1,"text":"a"}\n{"key":"0-2","level":2,"text":"b","finish":"length"}\n',
    b'{"key":"0-3","level":3,"style":"plain","attempt":0,"prompt":"","model":"m","text":"c"}\n',
]


def results_of(folder: Path) -> Read:
    from glyphdata.caption.remote.batch import result
    from glyphdata.caption.remote.lines import Lines, texted

    def read(data: bytes) -> None:
        lines = Lines(
            written(folder, "results.jsonl", data), lambda entry: texted(entry, "custom_id")
        )
        for name in ("a:1:b:0", "x", ""):
            found = lines.find(name)
            if found is not None:
                result(found)
        lines.close()

    return read


RESULTS = [
    b'{"custom_id":"a:1:b:0","response":{"status_code":200,"body":{"model":"m","choices":[{'
    b'"finish_reason":"stop","message":{"content":"A."}}],"usage":{"total_tokens":3}}},'
    b'"error":null}\n',
    b'{"custom_id":"x","response":{"status_code":429,"body":{"error":{"message":"slow"}}}}\n',
    b'{"custom_id":"","error":{"code":"e","message":"m"}}\n',
]


def own_of(folder: Path) -> Read:
    from glyphdata.shards.blending import own_captions

    return lambda data: ignored(own_captions(written(folder, "own.jsonl", data)))
