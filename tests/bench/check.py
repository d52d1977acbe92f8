"""The short form for every test run: a broken batch path fails here (wrong sums, a stall, no batches, a table read from end to end), timings never do."""
import time

from load import Load
from rig import Rig

FAMILIES, SECONDS = 5000, 1
WIDTHS = (1, 64, 127, 128, 129, 256)
PREMIUM_FEN = 40000
GROWING = ("account", "binding", "idempotency_key", "ledger_entry", "outbox", "payment", "person", "person_no_key", "quote")
SUMS = """SELECT (SELECT count(*) FROM gongji.payment),
                 (SELECT coalesce(sum(amount_fen), 0)::bigint FROM gongji.ledger_entry WHERE account = 'premium_fund'),
                 (SELECT coalesce(-sum(amount_fen), 0)::bigint FROM gongji.ledger_entry WHERE account = 'personal' AND kind = 'premium'),
                 (SELECT sum(current_fen + prior_fen)::bigint FROM gongji.account),
                 (SELECT count(*) FROM gongji.outbox), (SELECT count(*) FROM gongji.idempotency_key WHERE code = 'CREATED')"""
SCANS = "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = 'gongji' AND relname = ANY (%s)"


def check(host, database):
    """Loads people into a new database of a running cluster, pays at every width, and returns what is wrong, a line each."""
    with Rig(FAMILIES, 1) as rig:
        rig.use_cluster(host)
        rig.make_database(database)
        try:
            return faults(rig, database)
        finally:
            rig.sql("postgres", f'DROP DATABASE "{database}" WITH (FORCE)')


def faults(rig, database):
    found, load, paid = [], Load(rig, database, SECONDS), 0
    for table in GROWING:  # a vacuum would read tables, too, for their BRIN indexes
        rig.sql(database, f"ALTER TABLE gongji.{table} SET (autovacuum_enabled = off)")
    before, scans = rig.sql(database, SUMS)[0], scanned(rig, database)
    server = rig.start_server("check", database)
    for kind, width in [("pay", width) for width in WIDTHS] + [("hot", 64), ("balance", 64), ("quote", 64), ("pay", 64)]:
        calls, transactions = server.combined()
        result = load.http(server, kind, width, target="0" if kind == "hot" else "")
        paid += result["requests"] if kind in ("pay", "hot") else 0
        if result["failed"] or result["requests"] < width:
            found.append(f"{kind} at {width} connections: {result['requests']} answered, {result['failed']} failed")
        calls, transactions = (after - before for after, before in zip(server.combined(), (calls, transactions)))
        if width >= 64 and calls < 4 * transactions:
            found.append(f"{kind} at {width} connections is not combined: {calls} calls in {transactions} transactions")
    server.stop()
    found += [f"{table} was read from end to end {count - scans[table]} times" for table, count in scanned(rig, database).items() if count != scans[table]]
    return found + wrong_sums(before, rig.sql(database, SUMS)[0], paid) + unproven(rig, database)


def scanned(rig, database):
    time.sleep(0.5)  # connections hand their statistics in when they end
    return dict(rig.sql(database, SCANS, list(GROWING)))


def wrong_sums(before, after, paid):
    payments, fund, drawn, balances, events, keys = (b - a for a, b in zip(before, after))
    most = paid + 2 * sum(WIDTHS)  # wrk leaves without waiting for its last answers
    rules = {f"{payments} payments for {paid} answers": paid <= payments <= most,
             f"the fund got {fund} for {payments} payments": fund == payments * PREMIUM_FEN,
             f"accounts gave {drawn}, the fund got {fund}": drawn == fund,
             f"balances changed by {balances}, {drawn} was drawn": balances == -drawn,
             f"{events} events and {keys} stored answers for {payments} payments": events == keys == payments}
    return [what for what, holds in rules.items() if not holds]


def unproven(rig, database):
    try:
        rig.verify(database, "check")
        return []
    except RuntimeError as breach:
        return [str(breach)]
