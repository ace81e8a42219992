"""What a JSON schema says of a value, in words."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
Definitions = Mapping[str, Schema]

_NAMES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
    "object": "mapping",
}


def said(schema: Schema, definitions: Definitions) -> str:
    """A value's type and bounds: `whole number, 1 to 50`; `[low, high] of numbers, 0 to 1`."""
    if "$ref" in schema:
        return said(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return _either([f"`{value}`" for value in schema["enum"]])
    if "anyOf" in schema or "oneOf" in schema:
        several = schema.get("anyOf") or schema["oneOf"]
        return _either(list(dict.fromkeys(said(one, definitions) for one in several)))
    if schema.get("type") == "array":
        return _listed(schema, definitions)
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"mapping of names to: {said(schema['additionalProperties'], definitions)}"
    if "type" not in schema:
        return "any value"
    return _NAMES[schema["type"]] + _bounds(schema)


def value(default: object) -> str:
    """A default as a recipe writes it."""
    if default == "":
        return '`""`'
    if isinstance(default, str):
        return f"`{default}`"
    return f"`{_flow(default)}`"


def cell(text: str) -> str:
    """Text as a table's cell takes it: nothing in it ends the cell."""
    return text.replace("|", "\\|")


def _listed(schema: Schema, definitions: Definitions) -> str:
    parts = schema.get("prefixItems")
    if parts is None and schema.get("minItems") == schema.get("maxItems") == 2:
        parts = [schema["items"]] * 2
    if parts is not None:
        each = list(dict.fromkeys(said(part, definitions) for part in parts))
        if len(parts) == 2 and len(each) == 1:
            return f"[low, high], each a {each[0]}"
        return f"[{'; '.join(said(part, definitions) for part in parts)}]"
    least = schema.get("minItems", 0)
    some = f" (at least {least})" if least else ""
    return f"list{some} of: {said(schema.get('items', {}), definitions)}"


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    told = []
    if low is not None and high is not None:
        told.append(f"{_number(low)} to {_number(high)}")
    elif low is not None:
        told.append(f"{_number(low)} or more")
    elif high is not None:
        told.append(f"{'up to ' if above is not None else 'at most '}{_number(high)}")
    if above is not None:
        told.insert(0, f"above {_number(above)}")
    if below is not None:
        told.append(f"below {_number(below)}")
    if schema.get("minLength"):
        told.append("not empty" if schema["minLength"] == 1 else f"{schema['minLength']} or longer")
    if "maxLength" in schema:
        told.append(f"at most {schema['maxLength']} characters")
    if "pattern" in schema:
        told.append(f"of the form `{schema['pattern']}`")
    if "description" in schema and schema["type"] == "string" and not told:
        told.append(schema["description"].rstrip("."))
    return f", {', '.join(told)}" if told else ""


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _number(number: float) -> str:
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    power = round(math.log2(abs(number) + 1)) if isinstance(number, int) and number > 10**12 else 0
    return f"2^{power} − 1" if power and 2**power - 1 == number else f"{number:,}"


def _flow(value_: object) -> str:
    """A value in YAML's flow style."""
    if isinstance(value_, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value_.items()) + "}"
    if isinstance(value_, list | tuple):
        return "[" + ", ".join(map(_flow, value_)) + "]"
    if isinstance(value_, float) and value_.is_integer():
        return str(int(value_))
    return value_ if isinstance(value_, str) and value_ else json.dumps(value_, ensure_ascii=False)
