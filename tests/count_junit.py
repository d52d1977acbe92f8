"""Prints "PASSED FAILED" of a JUnit report: count_junit.py REPORT EXIT_CODE. A skipped test counts as failed: none may be."""
import sys
import xml.etree.ElementTree
from pathlib import Path


def main():
    report, status = Path(sys.argv[1]), int(sys.argv[2])
    passed = failed = 0
    if report.exists():
        for suite in xml.etree.ElementTree.parse(report).getroot().iter("testsuite"):
            faults = sum(int(suite.get(kind, 0)) for kind in ("failures", "errors", "skipped"))
            failed += faults
            passed += max(0, int(suite.get("tests")) - faults)
    print(passed, failed if failed or status == 0 else 1)


if __name__ == "__main__":
    main()
