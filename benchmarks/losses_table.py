"""``docs/losses.md``: for each pair of wires and each field, whether it has a place: ``python -m benchmarks.losses_table > docs/losses.md``.

Each row is measured by a small document that says the field (`benchmarks.loss_probes`), converted and listed as any other. No recorded traffic is
read: the table says what the project claims, and the traffic is then held against it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from polyloop.translate import convert
from polyloop.translate.translation import Translation
from polyloop.translate.wires import WIRES

from .loss_probes import PROBES

HEAD = """# What has a place where

For each pair of wires and each field: whether what one says the other can say. Made by `python -m benchmarks.losses_table`, each row by
converting a small document that says the field; do not edit. What is listed for your own document is in `Translation.losses`,
`.respellings` and `.insertions`:

```python
from polyloop.translate import convert, restore

document = {"model": "m", "max_tokens": 64, "top_k": 5, "messages": [{"role": "user", "content": "Hello."}]}
translation = convert(document, kind="request", source="anthropic", target="openai-chat")

loss = translation.losses[0]  # where in the source, what happened, what stood there, what the way back gives, why
assert (loss.pointer, loss.kind, loss.before) == ("/top_k", "dropped", 5)
assert "top_k" in loss.reason
assert restore(translation) == document  # the list cannot lie: with it, the source comes back
```

A row is *dropped*, *changed*, *added* or *reordered*. Nothing in a translator says so: the rows are the difference between the source and what the way
back gives. `strict=True` refuses to lose anything, `polyloop translate --losses FILE` keeps the rows beside the value.

In the tables:

* **yes**: the value alone gives it back. *Inserted* names what the value says beside it, so that the model knows.
* **respelled**: the value gives it back in another spelling that the documentation calls the same.
* **added**: it is given back, and the way back adds a default that the target has to say.
* **no**: it is a loss, restored from the list only; the reason rests on the target's documentation.

`python -m benchmarks.corpus` holds recorded traffic against this page: of the leaves whose field has a place here, and of those that no
row speaks of, it says how many the value alone gives back, and with `--losses` which it does not. Four things are no oversight:

* In a history the finished calls of a provider's own tools (code run, pages fetched, tools found, MCP) are told to a wire that has no form
  for them as calls of functions with their results, so that the next model knows; they are known again by the prefix that the provider
  gives its ids. What a code interpreter did is one of them on the way to the Messages API, whose results have an exit code, and programs of
  Anthropic's on the way to the Responses API, whose calls name their container. Pages that Anthropic's search found are sealed and refused
  without the seal, so that search is left out whole: its titles alone are not what the first model read.
* A reply is for its reader: what OpenAI searched for on the web, the addresses of what it found, where it tells them, and what its texts cite are
  blocks and citations of a Messages reply, with empty seals. A citation there is of a whole text, so that a place within one is not kept. No request
  gives them back to Anthropic; to OpenAI they are again what they were.
* Chat Completions takes PDFs only as files (guides/file-inputs): a document of text is said as a text between two lines, the first with its
  title, and comes back as the document; other files are left out. The Responses API is sent it as a text file.
* To a client of UI-TARS what a reply says beside its calls is the `Thought:` before the action, and what it reasons the `Reflection:` before
  that, each one text and without a seal; both come back as what they were. A history has thoughts alone, since such clients take reflections
  out of it: what was said, and what was reasoned only where nothing was.
"""


def main() -> int:
    """Print the page."""
    sys.stdout.write(page())
    return 0


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for wire in ("anthropic", "openai-chat", "openai-responses"):
        for target in WIRES:
            if target != wire:
                parts.append(f"\n## {wire} to {target}\n")
                parts.extend(f"\n{title}\n\n{table}" for title, table in _tables(wire, target))
    return "".join(parts)


def _tables(wire: str, target: str) -> Iterator[tuple[str, str]]:
    for kind, title in (("request", "Requests"), ("response", "Replies")):
        base, probes = PROBES[wire, kind]
        usual: set[tuple[str, str]] = {
            (row.pointer, row.kind) for row in convert(base, kind=kind, source=wire, target=target).losses
        }
        rows = ["| field | place | why, or what is inserted |", "|---|---|---|"]
        for field, keys in probes:
            translation = convert({**base, **keys}, kind=kind, source=wire, target=target)
            place, why = _told(translation, usual if keys else set())
            rows.append(f"| {_cell(field)} | {place} | {_cell(why)} |")
        yield title, "\n".join(rows) + "\n"


def _told(translation: Translation, usual: set[tuple[str, str]]) -> tuple[str, str]:
    """Return whether a field has a place, and why not or what was inserted. What the plain document loses is not the field's."""
    losses = [row for row in translation.losses if (row.pointer, row.kind) not in usual]
    taken = [row for row in losses if row.kind != "added"]
    if taken:
        return "no", "; ".join(dict.fromkeys(row.reason for row in taken))
    inserted = "; ".join(dict.fromkeys(f"inserted: {row.reason}" for row in translation.insertions))
    if losses:
        return "added", "; ".join(dict.fromkeys(row.reason for row in losses))
    return ("respelled" if translation.respellings else "yes"), inserted


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
