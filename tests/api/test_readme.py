"""README: its first screen is what the demonstration prints, and its curl lines, taken one after the other, answer as printed."""
import os
import re
import subprocess

import pytest

from harness import BIN, ROOT

README = (ROOT / "README.md").read_text()
WALK = re.findall(r"^```sh\n(.*?)^```(?:\n\n```text\n(.*?)^```)?", README[README.index("<!-- walk -->"):README.index("<!-- /walk -->")], re.M | re.S)
FIRST_SCREENS = [re.search(r"^(A mother's .*?)^Serving", (ROOT / name).read_text(), re.M | re.S)[1] for name in ("README.md", "README.zh-CN.md")]


ISSUERS = """
[issuer dev-institution]
iss = dev-institution\nkind = institution\nchannel = institution\nscopes = medical\nalgorithm = HS256\nkeys = k1=dev\nsigning_key = k1=dev
[issuer dev-credential]
iss = dev-credential\nkind = credential\nscopes = credential\nalgorithm = HS256\nkeys = k1=dev\nsigning_key = k1=dev
"""


@pytest.fixture(scope="module")
def demo_server(new_server):
    server = new_server("readme")
    with open(server.folder / "gongji.ini", "a") as file:
        file.write(ISSUERS)  # as deploy/local/config.sh names them
    for kind in ("persons", "contributions", "enrollments"):
        server.run("import", kind, ROOT / f"config/demo/{kind}.csv")
    return server.start()


def shell(server, script):
    environment = {**os.environ, **server.environment, "GONGJI_CONFIG": str(server.folder / "gongji.ini"), "GONGJI_BIN": str(BIN), "LISTEN": server.listen}
    done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def masked(text):
    """Without what differs each time: ids, days, numbers of the walk, the check character of an ID number."""
    text = re.sub(r"\b(bnd|pay)_[0-9a-f-]{36}", r"\1_", text)
    text = re.sub(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d\.\d+\+08:00)?)?", "DAY", text)
    text = re.sub(r"(\*{13})\d[\dX]", r"\1", text)
    text = re.sub(r"\b\d{24}\b|-\d{10}\b", "NUMBER", text)
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_first_screen_is_what_the_demonstration_prints(demo_server):
    printed = masked(shell(demo_server, "deploy/local/demo.sh"))
    assert [printed] * 2 == [masked(screen) for screen in FIRST_SCREENS]


def test_the_demonstration_again_moves_no_money_twice(demo_server):
    again = masked(shell(demo_server, "deploy/local/demo.sh"))
    unnumbered = lambda lines, word: [line.split(maxsplit=1)[1] for line in lines if word in line]
    for word in "Balances", "The child sees", "given back":
        assert unnumbered(again, word) == unnumbered(masked(FIRST_SCREENS[0]), word)
    assert len(unnumbered(again, "has bound")) == 2


def test_the_curl_lines_answer_as_printed(demo_server):
    script = "".join(f"{block}\necho '--- end of block'\n" for block, _ in WALK).replace("build/gongji", str(BIN))
    printed = shell(demo_server, script.replace("127.0.0.1:8080", demo_server.listen)).split("--- end of block\n")
    for (block, answer), told in zip(WALK, printed):
        assert masked(told) == masked(answer or ""), block
