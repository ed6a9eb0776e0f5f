"""``polyloop translate`` and ``polyloop restore``: what they print, what they write, and what they say to a mistake."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from polyloop.loop.cli.main import main
from polyloop.loop.cli.translate import cut, tables
from polyloop.translate import convert
from polyloop.translate.jsonvalue import Json, same_json

ASKED: dict[str, Json] = {
    "model": "m",
    "max_tokens": 16,
    "top_k": 5,
    "system": "Be brief. 👀 \ud83d",
    "messages": [
        {"role": "user", "content": "What is 1e400?"},
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"b": 1, "a": [1.0, True, None]}}
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "x" * 500, "is_error": True}],
        },
    ],
    "unheard_of": {"z": 1, "a": 10**30},
}
TO_CHAT = ["translate", "--from", "anthropic", "--to", "openai-chat"]


class Shell:
    """Runs commands and keeps what they print."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capture = capture
        self._monkeypatch = monkeypatch
        self.out = self.err = ""

    def file(self, text: str | bytes, name: str = "request.json") -> str:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def run(self, *words: str, given: bytes = b"") -> int:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        status = main(words)
        self.out, self.err = self._capture.readouterr()
        return status


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, capsys, monkeypatch)


def test_the_value_goes_to_standard_output_and_the_tables_to_standard_error(shell: Shell) -> None:
    assert shell.run(*TO_CHAT, shell.file(json.dumps(ASKED))) == 0
    value = json.loads(shell.out)
    assert shell.out.count("\n") == 1
    assert value["messages"][0]["content"] == ASKED["system"]
    assert value["messages"][2]["tool_calls"][0]["function"]["name"] == "look"
    lines = shell.err.splitlines()
    titles = [line.split(": ")[0] for line in lines if not line.startswith(" ")]
    assert titles == ["losses", "respellings", "insertions"]
    losses = lines[1 : lines.index(next(line for line in lines if line.startswith("respellings")))]
    assert losses[0].split() == ["kind", "pointer", "before", "after", "reason"]
    assert [line.split()[:3] for line in losses[1:] if "/top_k" in line] == [["dropped", "/top_k", "5"]]
    assert any(line.split()[:2] == ["dropped", "/unheard_of"] for line in losses)
    assert all(line.split()[2:] for line in losses), "every row has a reason"


def test_columns_are_aligned_and_long_values_cut(shell: Shell) -> None:
    long = {**ASKED, "unheard_of": "y" * 900}
    assert shell.run(*TO_CHAT, shell.file(json.dumps(long))) == 0
    rows = [line for line in shell.err.splitlines() if "/unheard_of" in line or line.strip().startswith("kind")]
    assert len(rows) >= 2
    assert rows[0].index("before") == rows[1].index('"yyy')
    assert "... (902 characters)" in rows[1]
    assert "y" * 50 not in shell.err
    assert cut("y" * 900).startswith('"yyy')
    assert len(cut("y" * 900)) < 60
    assert cut(None) == ""
    assert cut("ü\ud83d").isascii()


def test_in_a_narrow_terminal_a_row_is_a_paragraph() -> None:
    translation = convert(ASKED, kind="request", source="anthropic", target="openai-chat")
    assert tables(translation, 1000) == tables(translation)
    narrow = tables(translation, 40)
    assert max(map(len, narrow.splitlines())) <= 40
    assert "  dropped /top_k\n    before: 5\n    reason: there is no top_k among the" in narrow
    assert narrow.count("dropped ") == tables(translation).count("dropped ")


@pytest.mark.parametrize(
    ("document", "kind", "source", "says"),
    [
        ({"model": "m", "input": "hi"}, "request", "anthropic", "openai-responses"),
        ({"model": "m", "choices": []}, "response", "openai-responses", "openai-chat or uitars"),
        ({"model": "m"}, "request", "anthropic", ""),
        ({"messages": [], "input": 1}, "request", "anthropic", ""),
        ([], "stream", "anthropic", ""),
    ],
)
def test_a_document_of_another_wire_is_told(shell: Shell, document: Json, kind: str, source: str, says: str) -> None:
    target = "openai-chat" if source == "anthropic" else "anthropic"
    words = ("translate", "--quiet", "--from", source, "--to", target, "--kind", kind)
    assert shell.run(*words, shell.file(json.dumps(document))) == 0
    told = f"polyloop: this looks like a {kind} of {says}, not of {source}\n"
    assert shell.err == (told if says else "")


def test_quiet_prints_the_value_alone(shell: Shell) -> None:
    assert shell.run(*TO_CHAT, "--quiet", shell.file(json.dumps(ASKED))) == 0
    assert shell.out.startswith("{")
    assert shell.err == ""


def test_nothing_lost_is_said_so(shell: Shell) -> None:
    plain = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    assert shell.run("translate", "--from", "openai-chat", "--to", "openai-chat", shell.file(json.dumps(plain))) == 0
    assert shell.err == "losses: none\nrespellings: none\ninsertions: none\n"


@pytest.mark.parametrize("where", [(), ("-",)])
def test_standard_input_is_read_where_no_file_is_named(shell: Shell, where: tuple[str, ...]) -> None:
    assert shell.run(*TO_CHAT, "--quiet", *where, given=b"\xef\xbb\xbf" + json.dumps(ASKED).encode()) == 0
    assert json.loads(shell.out)["model"] == "m"


def test_strict_exits_with_one_and_names_the_first_loss(shell: Shell) -> None:
    assert shell.run(*TO_CHAT, "--strict", shell.file(json.dumps({**ASKED, "unheard_of": 1}))) == 1
    assert shell.out == ""
    (line,) = shell.err.splitlines()
    assert line.startswith("polyloop: ")
    assert "losses from anthropic to openai-chat; the first: " in line
    assert "/top_k (there is no top_k among the sampling parameters)" in line


def test_strict_is_content_with_nothing_lost(shell: Shell) -> None:
    plain = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}
    assert shell.run(*TO_CHAT, "--strict", shell.file(json.dumps(plain))) == 0
    assert shell.run(*TO_CHAT, "--strict", shell.file(json.dumps({**plain, "top_k": 1}))) == 1
    assert shell.err.startswith("polyloop: 1 loss from")


@pytest.mark.parametrize("target", ["anthropic", "openai-chat", "openai-responses", "uitars"])
def test_a_stored_translation_gives_the_original_back(shell: Shell, target: str) -> None:
    kept = str(shell.folder / "kept.json")
    words = ("translate", "--from", "anthropic", "--to", target, "--quiet", "--losses", kept)
    assert shell.run(*words, shell.file(json.dumps(ASKED))) == 0
    assert shell.run("restore", kept) == 0
    assert same_json(json.loads(shell.out), ASKED, ordered=False)
    assert list(json.loads(shell.out)["unheard_of"]) == ["z", "a"]
    assert list(json.loads(shell.out)["messages"][1]["content"][0]["input"]) == ["b", "a"]
    assert shell.err == ""


def test_what_is_written_says_every_row_as_json(shell: Shell) -> None:
    kept = shell.folder / "kept.json"
    assert shell.run(*TO_CHAT, "--quiet", "--losses", str(kept), shell.file(json.dumps(ASKED))) == 0
    stored = json.loads(kept.read_text(encoding="utf-8"))
    assert same_json(stored["value"], json.loads(shell.out))
    assert {row["pointer"] for row in stored["losses"]} >= {"/top_k", "/unheard_of"}
    assert all(
        row.keys() == {"pointer", "kind", "before", "after", "reason"} and row["reason"] for row in stored["losses"]
    )
    assert stored["kind"] == "request"


def test_json_lines_are_a_value_each_and_come_back_in_order(shell: Shell) -> None:
    asked = [{**ASKED, "model": f"m{number}"} for number in range(3)]
    kept = str(shell.folder / "kept.jsonl")
    lines = "\n".join([json.dumps(asked[0]), "", json.dumps(asked[1]), json.dumps(asked[2])]) + "\n"
    assert shell.run(*TO_CHAT, "--jsonl", "--quiet", "--losses", kept, shell.file(lines)) == 0
    assert [json.loads(line)["model"] for line in shell.out.splitlines()] == ["m0", "m1", "m2"]
    assert shell.run("restore", kept) == 0
    assert [json.loads(line)["model"] for line in shell.out.splitlines()] == ["m0", "m1", "m2"]


def test_another_model_is_named_where_one_is_given(shell: Shell) -> None:
    assert shell.run(*TO_CHAT, "--quiet", "--model", "gpt-6", shell.file(json.dumps(ASKED))) == 0
    assert json.loads(shell.out)["model"] == "gpt-6"


def test_replies_streams_and_errors_are_kinds(shell: Shell) -> None:
    reply = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "hi"}],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    assert shell.run(*TO_CHAT, "--quiet", "--kind", "response", shell.file(json.dumps(reply))) == 0
    assert json.loads(shell.out)["choices"][0]["message"]["content"] == "hi"
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    assert shell.run(*TO_CHAT, "--quiet", "--kind", "error", shell.file(json.dumps(error))) == 0
    assert json.loads(shell.out)["error"]["message"] == "busy"
    assert shell.run(*TO_CHAT, "--quiet", "--kind", "stream", shell.file("[]")) == 0
    assert json.loads(shell.out) == []


GOOD = json.dumps(ASKED)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", "request.json is empty"),
        (b"{", "request.json is not JSON"),
        (b"\xff{}", "request.json is not UTF-8 (byte 0)"),
        (b"[1]", "found an array at the document: expected an object"),
        (b"null", "found null at the document: expected an object"),
        (b'{"model": "m", "model": "n"}', "the key 'model' stands twice in one object"),
        (b'{"messages": [{"role": "user", "content": "a", "content": "b"}]}', "the key 'content' stands twice"),
        (b'{"temperature": 1e400}', "a number is too large for a float and would change"),
        (b'{"temperature": NaN}', "NaN is no JSON number"),
        (b'{"temperature": 0.1000000000000000055511151231257827}', "has more digits than a float keeps"),
        (b'{"n": ' + b"9" * 5000 + b"}", "request.json is not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "request.json is nested too deep to be read"),
        (b'{"messages": {"a": 1}}', "/messages"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(shell: Shell, text: bytes, complaint: str) -> None:
    assert shell.run(*TO_CHAT, shell.file(text)) == 2
    assert shell.out == ""
    (line,) = shell.err.splitlines()
    assert line.startswith("polyloop: ")
    assert complaint in line


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--from", "anthropic", "--to", "nowhere"), "unknown wire 'nowhere'; the wires are anthropic, openai-chat,"),
        (("--from", "Anthropic", "--to", "uitars"), "unknown wire 'Anthropic'"),
        (
            ("--from", "anthropic", "--to", "uitars", "--kind", "event"),
            "the kinds that can be are request, response, stream, error",
        ),
        (
            ("--from", "anthropic", "--to", "uitars", "--losses", "no/such/folder/kept.json"),
            "cannot write no/such/folder/kept.json: No such file",
        ),
    ],
)
def test_what_was_asked_for_wrongly_is_one_line_too(shell: Shell, words: tuple[str, ...], complaint: str) -> None:
    assert shell.run("translate", "--quiet", *words, shell.file(GOOD)) == 2
    (line,) = shell.err.splitlines()
    assert complaint in line


def test_a_line_that_is_bad_is_named_by_its_number(shell: Shell) -> None:
    assert shell.run(*TO_CHAT, "--jsonl", "--quiet", shell.file(f"{GOOD}\n\n{{bad\n{GOOD}\n")) == 2
    assert "request.json, line 3 is not JSON" in shell.err


@pytest.mark.parametrize("command", ["translate", "restore"])
def test_a_file_that_cannot_be_read_is_named(shell: Shell, command: str) -> None:
    words = TO_CHAT if command == "translate" else [command]
    assert shell.run(*words, str(shell.folder / "none.json")) == 2
    assert f"cannot read {shell.folder / 'none.json'}: No such file or directory" in shell.err
    assert shell.run(*words, str(shell.folder)) == 2
    assert "Is a directory" in shell.err
    assert shell.run(*words, "-", given=b"\xff") == 2
    assert "standard input is not UTF-8" in shell.err


def test_wires_have_to_be_named(shell: Shell) -> None:
    with pytest.raises(SystemExit) as left:
        shell.run("translate", "--to", "uitars")
    assert left.value.code == 2


def damaged(**changes: Any) -> str:
    row = {"pointer": "/top_k", "kind": "dropped", "before": 5, "after": None, "reason": ""}
    document = {
        "polyloop_translation": 1, "kind": "request", "source": "anthropic", "target": "openai-chat", "losses": [row],
        "value": {"model": "m", "messages": [{"role": "user", "content": "hi"}]}, "respellings": [], "insertions": [],
        "context": {}, "given": None, "model": None,
    }  # fmt: skip
    return json.dumps(
        {
            **document,
            **{key: value for key, value in changes.items() if key != "row"},
            **({"losses": [{**row, **changes["row"]}]} if "row" in changes else {}),
        }
    )


def test_what_the_damaged_ones_are_made_from_is_whole(shell: Shell) -> None:
    assert shell.run("restore", shell.file(damaged())) == 0
    assert json.loads(shell.out)["top_k"] == 5


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no stored translation"),
        ("{", "not a stored translation"),
        ("[" * 100_000, "not a stored translation"),
        (
            GOOD.replace("\n", ""),
            "not a stored translation: those are what `dumps`, and `polyloop translate --losses`, write",
        ),
        (damaged(polyloop_translation=2), "not a stored translation of version 1: found version 2"),
        (damaged(losses=5), "a stored translation that is damaged"),
        (damaged(losses=["a"]), "a stored translation that is damaged"),
        (damaged(row={"pointer": 5}), "a row without a pointer"),
        (damaged(row={"kind": "burnt"}), "of a kind that is none"),
        (damaged(row={"pointer": "/no/such/place", "kind": "changed"}), "its losses do not fit its value"),
        (damaged(row={"pointer": "/messages/x", "kind": "dropped"}), "its losses do not fit its value"),
        (damaged(row={"pointer": "/metadata", "kind": "added"}), "its losses do not fit its value"),
        (damaged(context=5), "a stored translation that is damaged"),
        (damaged(insertions=[{}]), "a stored translation that is damaged"),
        (damaged(target="nowhere"), "unknown wire 'nowhere'"),
        (damaged(kind="event"), "cannot convert a 'event'"),
        (damaged(value=[]), "found an array at the document: expected an object"),
    ],
)
def test_a_damaged_translation_is_refused_in_one_line(shell: Shell, text: str, complaint: str) -> None:
    assert shell.run("restore", shell.file(text)) == 2
    assert shell.out == ""
    (line,) = shell.err.splitlines()
    assert complaint in line


def test_a_standard_output_that_was_closed_is_no_crash(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has None for it; the value goes nowhere, as was asked, and the file is written."""
    monkeypatch.setattr(sys, "stdout", None)
    kept = shell.folder / "kept.json"
    path = shell.file(json.dumps(ASKED))
    assert main([*TO_CHAT, "--quiet", "--losses", str(kept), path]) == 0
    assert json.loads(kept.read_text(encoding="utf-8"))["value"]["model"] == "m"
