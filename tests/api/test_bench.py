"""The benchmark's short form: the whole batch path under load on a small town, judged by sums and plans, not by the clock."""
import os
import sys

from harness import PGHOST, ROOT

sys.path.insert(0, str(ROOT / "tests/bench"))


def test_load_at_every_width_loses_nothing_and_reads_no_table_from_end_to_end():
    import check
    assert check.check(PGHOST, f"gongji_bench_{os.getpid()}") == []
