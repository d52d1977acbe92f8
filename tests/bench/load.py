"""Ways to put load on a server or on PostgreSQL, and what they cost: every one answers a dictionary of numbers."""
import json
import re
import struct
import time

from rig import HERE, WORK, run

FIRST_YEAR = 2101  # of payments; 2100 is quoted and never paid, and has no missed years before it


class Walk:
    """Numbers of requests nobody has used yet: each is one child's premium of one benefit year."""

    def __init__(self, rig):
        self.rig, self.next = rig, {}
        self.run = f"{int(time.time()):x}"

    def take(self, kind, count=0):
        start = self.next.get(kind, 0)
        self.next[kind] = start + count
        return start


class Load:
    def __init__(self, rig, database, seconds, families=None):
        self.rig, self.database, self.seconds = rig, database, seconds
        self.families = families or rig.families
        self.walk = Walk(rig)

    # --- what a run cost ------------------------------------------------------------------------------------------------

    def marks(self, program):
        lsn, receipts = self.rig.sql(self.database, "SELECT pg_current_wal_lsn() - '0/0', (SELECT last_value FROM gongji.receipt_number)")[0]
        return {"wal": float(lsn), "receipts": receipts, "pg_cpu": self.rig.database_cpu(), "cpu": program.cpu() if program else 0}

    def costs(self, program, work):
        """Runs it between two looks at the clocks. CPU in microseconds and WAL in bytes a request that was answered well."""
        before = self.marks(program)
        result = work()
        after = self.marks(program)
        good = max(1, result["requests"])
        result["rate"] = result["requests"] / result["seconds"]
        result["receipts"] = after["receipts"] - before["receipts"]
        result["pg_cpu_us"] = (after["pg_cpu"] - before["pg_cpu"]) * 1e6 / good
        result["cpu_us"] = (after["cpu"] - before["cpu"]) * 1e6 / good
        result["wal_bytes"] = (after["wal"] - before["wal"]) / good
        return result

    # --- HTTP -------------------------------------------------------------------------------------------------------------

    def http(self, program, kind, connections, seconds=None, target="", tokens=None):
        """Closed loop by wrk: so many connections, each sending its next request when the last is answered."""
        seconds = seconds or self.seconds
        series = f"{kind}{target}" if kind == "hot" else kind
        start = self.walk.take(series)

        def work():
            out = run("wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "10s", "-s", HERE / "walk.lua", f"http://127.0.0.1:{program.port}", "--",
                      kind, start, tokens or self.rig.token_path, self.families, self.walk.run, target, seconds=seconds + 60)
            return json.loads(out.strip().splitlines()[-1])

        open(program.log, "w").close()  # it appends: so the log never outgrows one run
        result = self.costs(program, work)
        self.walk.take(series, result["used"])
        result["failed"] = result["refused"] + result["broken"]
        result["requests"] -= result["refused"]
        return result

    def http_at_rate(self, program, kind, rate, connections, seconds):
        """Open loop: a fixed rate, latencies from the planned start."""
        count = int(rate * seconds)
        start = self.walk.take(kind, count)
        path = WORK / "requests"
        with open(path, "wb") as file:
            for n in range(start, start + count):
                request = self.payment(n)
                file.write(struct.pack("=I", len(request)) + request)
        return json.loads(run(build_openloop(), program.port, rate, connections, path, seconds=seconds + 60))

    def payment(self, n):
        families = self.families
        k = n % (2 * families) * 7919 % (2 * families)
        body = json.dumps({"insured_id": str(1000000003 + 4 * (k % families) + k // families), "benefit_year": FIRST_YEAR + n // (2 * families)})
        return (f"POST /v1/premium-payments HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.rig.tokens[k % families]}\r\n"
                f"Content-Type: application/json\r\nIdempotency-Key: {self.walk.run}-{n}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()

    # --- PostgreSQL -----------------------------------------------------------------------------------------------------------

    def pgbench(self, kind, clients, seconds=None):
        """One call a transaction, without any server between."""
        seconds = seconds or self.seconds
        start = self.walk.take(kind)

        def work():
            out = run("pgbench", "-n", "-M", "prepared", "-h", self.rig.host, "-U", "gongji_app", "-c", clients, "-j", min(2, clients), "-T", seconds,
                      "-D", f"start={start}", "-D", "i=0", "-D", f"clients={clients}", "-D", f"families={self.families}",
                      "-D", f"run={int(self.walk.run, 16)}", "-f", HERE / f"{kind}.pgbench", self.database, seconds=seconds + 60)
            done = int(re.search(r"actually processed: (\d+)", out)[1])
            return {"requests": done, "seconds": done / float(re.search(r"tps = ([\d.]+)", out)[1]),
                    "p50_us": float(re.search(r"latency average = ([\d.]+)", out)[1]) * 1000,
                    "failed": int(re.search(r"number of failed transactions: (\d+)", out)[1])}

        result = self.costs(None, work)
        self.walk.take(kind, 2 * result["requests"] + 1000 * clients)  # clients drift apart
        if kind == "pay":
            result["failed"] += max(0, result["requests"] - result["receipts"])
        return result


def build_openloop():
    program, source = WORK / "openloop", HERE / "openloop.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        run("cc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-o", program, source)
    return program
