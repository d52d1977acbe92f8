#!/usr/bin/python3
"""make bench: measures Gongji beside what a team would use instead, in one run on one machine, and prints the ratios. README.md explains it.

QUICK=1: about a minute, one round, for seeing that it works; GROWTH=1: also ledgers of 1 and 10 million rows."""
import json
import os
import platform
import resource
import signal
import socket
import statistics
import sys
import threading
import time

from load import Load
from rig import ROOT, Rig, memory_kb

QUICK, GROWTH = (os.environ.get(name, "") not in ("", "0") for name in ("QUICK", "GROWTH"))
ROUNDS, SECONDS = (1, 2) if QUICK else (3, 8)
FAMILIES, HOT_GROUPS, DATABASE = 25000, 3, "bench"
CONNECTIONS = (16, 64, 256) if QUICK else (1, 16, 64, 256)
CLIENTS = (8, 16) if QUICK else (1, 8, 16, 32)
STALL = (127, 128, 129, 512)
IDLE = 1000
GROWTH_ROWS = tuple(int(each) for each in os.environ.get("GROWTH_ROWS", "1000000 10000000").split())
SMALL_FAMILIES = 2500  # with their opening balances 10 thousand ledger rows
DEEP_PAGES = 500
BOUND_SECONDS = 4800 if GROWTH else 1500


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


# --- arms: one way to do one thing -------------------------------------------------------------------------------------

def arms(load, batched, single, peer):
    """Name → what is run once a round. Names: work.way.width."""
    table = {f"pay.http.{width}": lambda width=width: load.http(batched, "pay", width) for width in CONNECTIONS}
    table |= {f"pay.pgbench.{clients}": lambda clients=clients: load.pgbench("pay", clients) for clients in CLIENTS}
    table |= {f"pay.single.{width}": lambda width=width: load.http(single, "pay", width) for width in (256,)}
    table |= {f"pay.peer.{width}": lambda width=width: load.http(peer, "pay", width) for width in (64, 256)}
    hot = iter(range(HOT_GROUPS))
    table["hot.http.256"] = lambda: load.http(batched, "hot", 256, target=str(next(hot)))
    for kind in ("balance", "quote"):
        table[f"{kind}.http.64"] = lambda kind=kind: load.http(batched, kind, 64)
        table[f"{kind}.pgbench.8"] = lambda kind=kind: load.pgbench(kind, 8)
        table[f"{kind}.peer.64"] = lambda kind=kind: load.http(peer, kind, 64)
    return table


def measure_rounds(table, results):
    """Forwards, backwards, forwards: whatever drifts meets every arm alike."""
    for number in range(ROUNDS):
        names = list(table) if number % 2 == 0 else list(table)[::-1]
        for name in names:
            result = table[name]()
            results.setdefault(name, []).append(result)
        say(f"round {number + 1} of {ROUNDS}: {results['pay.http.256'][-1]['rate']:.0f} payments/s over HTTP at 256 connections")


# --- single measurements --------------------------------------------------------------------------------------------------

def batch_sizes(before, after):
    """Share of transactions by the number of calls in them."""
    counts = {bound: after[bound] - before.get(bound, 0) for bound in after}
    total, last, shares = max(1, counts["+Inf"]), 0, {}
    for bound, count in counts.items():
        shares["<=" + bound] = round((count - last) / total, 3)
        last = count
    return {bound: share for bound, share in shares.items() if share}


def measure_stall(load, batched, results):
    for width in STALL:
        results[f"pay.http.{width}"] = [load.http(batched, "pay", width, seconds=2 if QUICK else 5)]


def measure_latency(load, batched, single, results):
    """At 30 and 70 % of each one's own measured maximum."""
    for name, server in (("http", batched), ("single", single)):
        most = statistics.median(each["rate"] for each in results[f"pay.{name}.256"])
        for part in (30, 70):
            result = load.http_at_rate(server, "pay", most * part / 100, 256, 3 if QUICK else 15)
            results[f"latency.{name}.{part}"] = [result | {"rate": most * part / 100}]


def idle_connections(server, token, count):
    opened = []
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port))
            opened.append(connection)
            connection.sendall(f"GET /v1/accounts/me HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            connection.recv(65536)
        time.sleep(1)
        return memory_kb(server.pid, "VmRSS")
    finally:
        for connection in opened:
            connection.close()


def measure_memory(rig, load, results):
    server = rig.start_server("fresh", DATABASE)
    load.http(server, "pay", 256, seconds=3)
    results["memory.peak_kb"] = memory_kb(server.pid, "VmHWM")
    server.stop()
    server = rig.start_server("fresh", DATABASE)
    idle_connections(server, rig.tokens[0], 10)
    before = memory_kb(server.pid, "VmRSS")
    results["memory.idle_kb"] = (idle_connections(server, rig.tokens[0], IDLE) - before) / IDLE
    server.stop()


def measure_floor(rig, results):
    """The rows of payments and nothing else, by set statements of one transaction on one core."""
    started = time.monotonic()
    count = rig.sql(DATABASE, "SELECT bench.bulk_pay(2898, 40000, 0)")[0][0]
    results["floor"] = {"payments": count, "rate": count / (time.monotonic() - started)}


# --- growth -----------------------------------------------------------------------------------------------------------------

def grow(rig, database, rows):
    """Premiums of years gone by. Their keys are stored whole, so they need none of the room that live ones leave for the answer."""
    rig.sql(database, "ALTER TABLE gongji.idempotency_key SET (fillfactor = 100)")
    year = rig.sql(database, "SELECT coalesce(min(benefit_year) FILTER (WHERE benefit_year > 2500), 2898) - 1 FROM gongji.payment")[0][0]
    while rig.sql(database, "SELECT count(*) FROM gongji.ledger_entry")[0][0] < rows:
        rig.psql(database, "-c", "SET synchronous_commit = off", "-c", f"SELECT bench.bulk_pay({year}, 50000, 1000)")
        year -= 1
    rig.sql(database, "ALTER TABLE gongji.idempotency_key SET (fillfactor = 25)")
    rig.psql(database, "-c", "VACUUM ANALYZE", "-c", "CHECKPOINT")


def entry_pages(server, token):
    """Paths of the first and of a far page of an account's entries, cursor by cursor."""
    first = path = "/v1/accounts/me/entries?limit=100"
    for _ in range(DEEP_PAGES):
        cursor = json.loads(server.get(path, token))["next_cursor"]
        if not cursor:
            break
        path = f"{first}&cursor={cursor}"
    return {"first": first, "deep": path}


def measure_size(rig, name, load, results):
    """Warm, with one checkpoint inside."""
    database, seconds = load.database, load.seconds
    server = rig.start_server(name, database)
    load.http(server, "pay", 256, seconds=min(10, seconds))
    timer = threading.Timer(seconds / 3, lambda: rig.psql(database, "-c", "CHECKPOINT"))
    timer.start()
    results.setdefault(f"{name}.pay.http.256", []).append(load.http(server, "pay", 256))
    timer.join()
    results.setdefault(f"{name}.balance.http.64", []).append(load.http(server, "balance", 64, seconds=8))
    results.setdefault(f"{name}.rows", []).append(rig.sql(database, "SELECT count(*) FROM gongji.ledger_entry")[0][0])
    if database == f"bench_{GROWTH_ROWS[-1]}":
        holder = rig.write_holder(4 * rig.families + 1)
        for page, path in entry_pages(server, holder.read_text()).items():
            results.setdefault(f"{name}.{page}_page.16", []).append(load.http(server, "get", 16, seconds=8, target=path, tokens=holder))
    server.stop()


def measure_growth(rig, results):
    source = "bench_empty"
    for rows in GROWTH_ROWS:
        say(f"growing a ledger of {rows:,} rows")
        rig.copy_database(source, f"bench_{rows}")
        source = f"bench_{rows}"
        grow(rig, source, rows)
    seconds = 20 if QUICK else 60
    grown = [(f"grown_{rows}", Load(rig, f"bench_{rows}", seconds)) for rows in GROWTH_ROWS]
    for number in range(2):
        rig.make_database(f"bench_small_{number}", SMALL_FAMILIES, 0)  # a new one each round: the first round's payments made it larger
        sizes = [("small", Load(rig, f"bench_small_{number}", seconds, SMALL_FAMILIES)), *grown]
        for name, load in sizes if number == 0 else sizes[::-1]:
            measure_size(rig, name, load, results)
            say(f"growth, {name}: {results[name + '.pay.http.256'][-1]['rate']:.0f} payments/s")


# --- the table ----------------------------------------------------------------------------------------------------------------

class Numbers:
    def __init__(self, results):
        self.results = results

    def each(self, name, what="rate"):
        return [result[what] for result in self.results.get(name, [])]

    def best(self, prefix):
        """Of each round, the most that any width of this way reached."""
        ways = [self.each(name) for name in self.results if name.startswith(prefix + ".")]
        return [max(rates) for rates in zip(*ways)]

    def ratio(self, above, below):
        """Median, least and most over the rounds; None when one of them was not measured."""
        above, below = (self.best(each) if each.endswith(".pgbench") else self.each(*each.split("/")) for each in (above, below))
        ratios = [a / b for a, b in zip(above, below) if b]
        return (statistics.median(ratios), min(ratios), max(ratios)) if ratios else None

    def one(self, value):
        return None if value is None else (value, value, value)

    def balance_of_flow(self):
        """Throughput × p50 ÷ connections is 1 when every connection moves on alike; the one farthest from it."""
        flows = {int(name.split(".")[2]): statistics.median(each["rate"] * each["p50_us"] / 1e6 / int(name.split(".")[2]) for each in runs)
                 for name, runs in self.results.items() if name.startswith("pay.http.")}
        worst = max(flows.values(), key=lambda flow: abs(flow - 1))
        return worst, min(flows.values()), max(flows.values())


def table(results):
    """Rows: what, (median, least, most), floor, target, whether less is better."""
    n = Numbers(results)
    p99 = [result["p99_us"] for name in ("http", "single") for result in results.get(f"latency.{name}.70", [])]
    grown = f"grown_{GROWTH_ROWS[-1]}"
    rows = [
        ("payments/s, HTTP 256 ÷ best pgbench single call", n.ratio("pay.http.256", "pay.pgbench"), 1.6, 3.0, False),
        ("payments/s, HTTP 64 ÷ best pgbench single call", n.ratio("pay.http.64", "pay.pgbench"), 1.2, 2.2, False),
        ("payments/s, HTTP 16 ÷ best pgbench single call", n.ratio("pay.http.16", "pay.pgbench"), 0.9, 1.5, False),
        ("payments/s, HTTP 64 ÷ fastify + pg 64", n.ratio("pay.http.64", "pay.peer.64"), 2.2, 4.0, False),
        ("payments/s, HTTP 256 ÷ fastify + pg 256", n.ratio("pay.http.256", "pay.peer.256"), 3.0, 5.0, False),
        ("payments/s, HTTP 256 ÷ one call a transaction", n.ratio("pay.http.256", "pay.single.256"), 2.0, 3.0, False),
        ("PostgreSQL CPU a payment, HTTP 256 ÷ pgbench 8", n.ratio("pay.http.256/pg_cpu_us", "pay.pgbench.8/pg_cpu_us"), 0.50, 0.25, True),
        ("balance reads/s, HTTP 64 ÷ pgbench 8", n.ratio("balance.http.64", "balance.pgbench"), 0.6, 1.2, False),
        ("balance reads/s, HTTP 64 ÷ fastify + pg 64", n.ratio("balance.http.64", "balance.peer.64"), 3.0, 6.0, False),
        ("quotes/s, HTTP 64 ÷ pgbench 8", n.ratio("quote.http.64", "quote.pgbench"), None, None, False),
        ("quotes/s, HTTP 64 ÷ fastify + pg 64", n.ratio("quote.http.64", "quote.peer.64"), None, None, False),
        ("hot grantor ÷ spread, HTTP 256", n.ratio("hot.http.256", "pay.http.256"), 0.8, 1.0, False),
        ("p99 at 70 % load ÷ one call a transaction's", n.one(p99[0] / p99[1] if len(p99) == 2 and p99[1] else None), None, 0.4, True),
        ("peak memory at 256 connections, MB", n.one(results["memory.peak_kb"] / 1024), 40, 25, True),
        ("memory of an idle connection, kB", n.one(results["memory.idle_kb"]), 64, 32, True),
        ("no stall: throughput × p50 ÷ connections, farthest", n.balance_of_flow(), None, None, False),
        ("payments/s ÷ physical floor of one core", n.ratio("pay.http.256", "floor.rate"), None, None, False),
    ]
    if GROWTH:
        rows += [("payments/s at 10 M rows ÷ 10 k rows", n.ratio(f"{grown}.pay.http.256", "small.pay.http.256"), 0.6, 0.85, False),
                 ("balance reads/s at 10 M rows ÷ 10 k rows", n.ratio(f"{grown}.balance.http.64", "small.balance.http.64"), None, None, False),
                 ("entries at 10 M rows, deep page ÷ first page", n.ratio(f"{grown}.deep_page.16", f"{grown}.first_page.16"), 0.7, 0.95, False)]
    return rows


def mark(value, floor, target, less):
    if value is None:
        return "not measured"
    reached = [bound is not None and (value[0] <= bound if less else value[0] >= bound) for bound in (floor, target)]
    return "target" if reached[1] else "ok" if reached[0] else "BELOW" if floor is not None else ""


def number(value):
    return "–" if value is None else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def show(results, rows):
    print(f"\n{'per second, median of rounds':34}{'rate':>9}{'p50 ms':>9}{'p99 ms':>9}{'PG µs':>8}{'srv µs':>8}{'WAL B':>8}")
    for name, runs in results.items():
        if isinstance(runs, list) and isinstance(runs[0], dict) and "pg_cpu_us" in runs[0]:
            middle = {what: statistics.median(run.get(what, 0) for run in runs) for what in ("rate", "p50_us", "p99_us", "pg_cpu_us", "cpu_us", "wal_bytes")}
            print(f"{name:34}{middle['rate']:9.0f}{middle['p50_us'] / 1000:9.2f}{middle['p99_us'] / 1000:9.2f}"
                  f"{middle['pg_cpu_us']:8.0f}{middle['cpu_us']:8.0f}{middle['wal_bytes']:8.0f}")
    for name in ("latency.http.30", "latency.http.70", "latency.single.30", "latency.single.70"):
        run = results[name][0]
        print(f"{name + ' (open loop)':34}{run['rate']:9.0f}{run['p50_us'] / 1000:9.2f}{run['p99_us'] / 1000:9.2f}")
    print(f"physical floor, one core: {results['floor'][0]['rate']:.0f} payments/s    batch sizes at 256: {results['batch_sizes']}")
    print(f"\n{'':54}{'median':>8}{'least':>8}{'most':>8}{'floor':>8}{'target':>8}")
    for what, value, floor, target, less in rows:
        print(f"{what:54}" + "".join(f"{number(each):>8}" for each in (*(value or (None,) * 3), floor, target)) + f"  {mark(value, floor, target, less)}")


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) // 1024 for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return {"cpu": model, "cores": os.cpu_count(), "memory_mb": memory, "kernel": platform.release(), "date": time.strftime("%Y-%m-%d")}


def faults(results, rows):
    """What makes the run a failure: wrong answers and stalls always, missed floors only where the run was long enough to tell."""
    found = [f"{name}: {run['failed']} requests failed" for name, runs in results.items() if isinstance(runs, list) for run in runs
             if isinstance(run, dict) and run.get("failed") and not name.startswith("latency.single")]
    if not QUICK:
        worst = Numbers(results).balance_of_flow()[0]
        found += [f"a stall: throughput × p50 ÷ connections is {worst:.2f}"] if abs(worst - 1) > 0.2 else []
        found += [f"below the floor: {what}" for what, value, floor, target, less in rows if mark(value, floor, target, less) in ("BELOW", "not measured")]
    return found


def bench(rig, results):
    rig.start_cluster()
    say(f"PostgreSQL in {rig.folder}; loading {4 * FAMILIES:,} people")
    rig.make_database(DATABASE)
    if GROWTH:
        rig.copy_database(DATABASE, "bench_empty")
    batched = rig.start_server("batched", DATABASE)
    single = rig.start_server("single", DATABASE, batch_items=1, write_lanes=8, read_lanes=8)
    load = Load(rig, DATABASE, SECONDS)
    measure_rounds(arms(load, batched, single, rig.start_peer(DATABASE)), results)
    before = batched.batches()
    results["pay.http.256"].append(load.http(batched, "pay", 256))
    results["batch_sizes"] = batch_sizes(before, batched.batches())
    measure_stall(load, batched, results)
    measure_latency(load, batched, single, results)
    measure_memory(rig, load, results)
    measure_floor(rig, results)
    results["floor"] = [results["floor"]] * (ROUNDS + 1)
    results["floor.rate"] = results["floor"]
    say("proving the ledger")
    rig.verify(DATABASE, DATABASE)
    for server in (batched, single):
        server.stop()
    if GROWTH:
        measure_growth(rig, results)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("bench: did not end in time"))
    signal.alarm(BOUND_SECONDS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    results = {}
    with Rig(FAMILIES, HOT_GROUPS) as rig:
        bench(rig, results)
        rows = table(results)
        show(results, rows)
    folder = ROOT / "var/bench"
    folder.mkdir(parents=True, exist_ok=True)
    record = {"machine": machine(), "quick": QUICK, "results": results,
              "table": [{"what": what, "median_least_most": value, "floor": floor, "target": target} for what, value, floor, target, _ in rows]}
    path = folder / time.strftime("%Y%m%d-%H%M%S.json")
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1))
    print(f"\nwritten: {path.relative_to(ROOT)}" + ("   (QUICK: too short to judge by)" if QUICK else ""))
    found = faults(results, rows)
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
