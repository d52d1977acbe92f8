"""What the checks share: the tree's files, C without its comments, and how faults are told."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("tests/lint/package-lock.json",)


def tree(*suffixes):
    """The project's own files (git's, and new ones it does not ignore), by path below the root."""
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\0")
    paths = sorted({name for name in listed if name and name not in GENERATED and (ROOT / name).is_file()})
    return [Path(name) for name in paths if not suffixes or name.endswith(suffixes)]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


TOKEN = re.compile(r'("(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')|//[^\n]*|/\*.*?\*/', re.S)


def without_comments(code):
    """Same lines, comments gone."""
    return TOKEN.sub(lambda found: found.group(1) or "\n" * found.group(0).count("\n"), code)


def without_strings(code):
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', code)


def numbered(code):
    return enumerate(code.split("\n"), 1)


def finish(faults):
    """One line a fault; the exit code says whether there were any."""
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)
