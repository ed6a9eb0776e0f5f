"""The watch for keys fails the test in which one is seen, and names the place: each of its eyes is shown a key here."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.canary import CANARY

pytest_plugins = ["pytester"]

CONFTEST: Final = """
from tests.conftest import pytest_configure, _no_key_in_any_folder
"""

SEEN: Final = {
    "in_a_log": "    logging.getLogger('anywhere').debug('sent with %s', KEY)",
    "in_a_logged_exception": """
    try:
        raise ValueError(KEY)
    except ValueError:
        logging.getLogger('anywhere').exception('it failed')
""",
    "in_a_url": """
    def answer(request):
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.get('http://host.example/models', params={'key': KEY})
""",
    "on_standard_output": "    print('with', KEY)",
    "on_standard_error": "    print('with', KEY, file=sys.stderr)",
    "of_a_subprocess": "    subprocess.run([sys.executable, '-c', 'import os; print(os.environ[\"OPENAI_API_KEY\"])'])",
    "in_a_warning": "    warnings.warn('with ' + KEY)",
    "in_a_failure": "    assert KEY == 'another'",
    "in_a_cause": """
    try:
        raise KeyError(KEY)
    except KeyError as error:
        raise RuntimeError('no word of it here') from error
""",
    "in_an_expected_error_of_the_transport": """
    with pytest.raises(TransportError):
        raise TransportError('with ' + KEY)
""",
    "in_an_attribute_of_an_expected_error": """
    with pytest.raises(TransportError) as raised:
        raise TransportError('no word of it here')
    raised.value.settings = KEY
""",
    "in_a_file": "    (tmp_path / 'store').mkdir(); (tmp_path / 'store' / 'page.html').write_text('<p>' + KEY)",
    "in_a_shared_folder": "    (tmp_path_factory.mktemp('shared') / 'recording.jsonl').write_text(KEY)",
}
"""What a test does that shows a key, by its name."""

PLACES: Final = {
    "in_a_log": "a log of anywhere",
    "in_a_logged_exception": "a log of anywhere",
    "in_a_url": "a log of httpx",
    "on_standard_output": "Captured stdout call",
    "on_standard_error": "Captured stderr call",
    "of_a_subprocess": "Captured stdout call",
    "in_a_warning": "a warning, UserWarning",
    "in_a_failure": "the report",
    "in_a_cause": "an exception",
    "in_an_expected_error_of_the_transport": "an error of the transport, TransportError",
    "in_an_attribute_of_an_expected_error": "an error of the transport, TransportError",
    "in_a_file": "the file store/page.html",
    "in_a_shared_folder": "the file shared0/recording.jsonl",
}

BEGINNING: Final = """
import logging, subprocess, sys, warnings

import httpx
import pytest
from tests.canary import KEYS

from polyloop.transport.errors import TransportError

KEY = KEYS.openai

@pytest.mark.holds_key('it is about keys')
def test_that_says_so(tmp_path):
    print(KEY)
    (tmp_path / 'settings.toml').write_text(KEY)

def test_that_shows_none(tmp_path):
    (tmp_path / 'settings.toml').write_text('nothing')
"""


@pytest.mark.holds_key("the tests run here are shown keys")
@pytest.mark.parametrize("processes", [0, 2])
def test_a_key_is_seen_wherever_it_is_shown(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)]))
    pytester.makeconftest(CONFTEST)
    tests = [f"def test_shown_{name}(tmp_path, tmp_path_factory):\n{body}\n" for name, body in SEEN.items()]
    pytester.makepyfile(BEGINNING + "\n".join(tests))
    # By file, so that the folder of many tests is looked at once, behind the last of them.
    options = ["-p", "no:cacheprovider", "-n", str(processes), "--dist", "loadfile"]
    done = pytester.runpytest_subprocess(*options, "-rA", "-W", "default")
    told = done.stdout.str() + done.stderr.str()
    assert CANARY not in told
    failures = {name for name in SEEN if name in ("in_a_failure", "in_a_cause")}
    done.assert_outcomes(passed=len(SEEN) + 2 - len(failures), failed=len(failures), errors=len(SEEN), warnings=1)
    for name, place in PLACES.items():
        found = re.search(
            rf"ERROR at teardown of test_shown_{name} _.*?a key is seen in: ([^{{].*?)\n", told, re.DOTALL
        )
        assert found, name
        assert place in found[1], name
