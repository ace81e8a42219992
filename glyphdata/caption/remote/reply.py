"""What a server sent back: an answer, or why it is none."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from glyphdata.caption.captioner import Answer, Fault
from glyphdata.caption.record import Finish

PASSING = (408, 409, 425, 429)
"""The statuses below 500 after which a later try may do better."""

DENIED = (401, 403, 404)
"""The statuses that are about the key, the address or the model, not about one caption."""

_FINISHES: Mapping[str, Finish] = {"length": "length", "content_filter": "filter"}
_SHOWN = 200


def read(status: int, body: bytes) -> Answer | Fault:
    """The answer of a chat completion: its first choice; a `Fault` for everything else.

    Rubbish under status 200 is passing: a proxy in between or a cut reply may have caused it.
    """
    if status != 200:
        said = told(body)
        message = f"HTTP {status}: {said}" if said else f"HTTP {status}"
        if status >= 500:
            return Fault("server", message, passing=True)
        return Fault("busy" if status == 429 else "refused", message, passing=status in PASSING)
    try:
        return _completion(orjson.loads(body))
    except orjson.JSONDecodeError:
        return _rubbish(f"no JSON: {_cut(body.decode('utf-8', 'replace'))!r}")


def completed(response: object) -> Answer | Fault:
    """The answer in a completion that was read before, as result files of batches hold them."""
    return _completion(response)


def told(body: bytes) -> str:
    """What an error's body says, in at most 200 characters of one line; empty for none."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _cut(body[: 4 * _SHOWN].decode("utf-8", "replace"))
    return explained(said)


def explained(said: object) -> str:
    """The sentence in an error object, wherever its server puts it."""
    for _ in range(3):
        if not isinstance(said, dict):
            break
        inner = next((said[name] for name in ("error", "detail", "message") if said.get(name)), "")
        if not inner:
            break
        said = inner
    return _cut(said if isinstance(said, str) else orjson.dumps(said).decode())


def _completion(said: object) -> Answer | Fault:
    choices = said.get("choices") if isinstance(said, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(said, dict) or not isinstance(choice, dict) or not isinstance(message, dict):
        return _rubbish(f"no choices: {explained(said)}")
    refusal, text = message.get("refusal"), _text(message.get("content"))
    if isinstance(refusal, str) and refusal and not text:
        return Fault("refused", f"the model refuses: {_cut(refusal)}")
    if text is None:
        return _rubbish("a message without text")
    finish = _FINISHES.get(str(choice.get("finish_reason")), "stop")
    if not text.strip() and finish == "length":
        return Fault("empty", "no word within max_new_tokens; a model that thinks first needs more")
    if not text.strip() and finish == "stop":
        return _rubbish("an empty answer")
    model = said.get("model")
    return Answer(text, finish, model=model if isinstance(model, str) else "")


def _text(content: object) -> str | None:
    """A message's content: text, or a list of parts of which the texts count."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))


def _rubbish(what: str) -> Fault:
    return Fault("rubbish", f"the server sent {what}", passing=True)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
