"""What the benchmark stands on: a PostgreSQL cluster, databases full of people, tokens, servers. All of it ends with the rig, by pid."""
import base64
import contextlib
import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import jwt
import psycopg2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/bench"
WORK = ROOT / "build/bench"
BIN = Path(os.environ.get("GONGJI_BIN", ROOT / "build/gongji")).resolve()
# The shipped settings (deploy/postgres) at the size of a small machine; durable, as shipped.
SETTINGS = {"shared_buffers": "1GB", "effective_cache_size": "4GB", "max_wal_size": "8GB", "min_wal_size": "1GB"}
PEER = {"workers": 1, "pool": 4}  # the fastest on two cores of 1 or 2 workers with 4, 8 or 16 connections each
HOT_MEMBERS = 1000
TICK = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def ends_with_us():
    """In the child: a session of its own, so that Ctrl-C reaches only us, and a signal should we be killed."""
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(*command, text=None, environment=None, seconds=600):
    """Output of a command that must succeed; ended with us and after so many seconds."""
    process = subprocess.Popen([str(each) for each in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
                               preexec_fn=ends_with_us, env={**os.environ, **(environment or {})})
    try:
        out, problems = process.communicate(text, timeout=seconds)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))[:300]}: {problems[-2000:]}{out[-500:]}")
    return out


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time of a process and of all children it has waited for; 0 of one that has just ended."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICK
    return 0


def children(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def memory_kb(pid, field):
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(field + ":"))


class Program:
    """A server on a loopback port, and its log."""

    def __init__(self, name, port, command, environment=None):
        self.name, self.port, self.log = name, port, WORK / f"{name}.log"
        self.log.unlink(missing_ok=True)
        log = open(self.log, "ab")
        self.process = subprocess.Popen([str(each) for each in command], stdout=log, stderr=log, cwd=ROOT, preexec_fn=ends_with_us,
                                        env={**os.environ, **(environment or {})})
        self.pid = self.process.pid

    def wait_ready(self):
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start: {self.log.read_text(errors='replace')[-2000:]}")
            with contextlib.suppress(OSError):
                self.get("/readyz")
                return self
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} was not ready in time")

    def get(self, path, token=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def batches(self):
        """How many transactions of at most so many calls, by /metrics: {"1": …, "2": …, "+Inf": …}, cumulative."""
        lines = [line for line in self.get("/metrics").splitlines() if line.startswith("gongji_batch_items_bucket")]
        return {line.split('"')[1]: int(line.rsplit(" ", 1)[1]) for line in lines}

    def combined(self):
        """How many calls went to the database in how many transactions, so far."""
        lines = dict(line.rsplit(" ", 1) for line in self.get("/metrics").splitlines() if line.startswith("gongji_batch_items_"))
        return round(float(lines["gongji_batch_items_sum"])), int(lines["gongji_batch_items_count"])

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in [self.pid, *children(self.pid)])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


class Rig(contextlib.ExitStack):
    def __init__(self, families, hot_groups):
        super().__init__()
        self.families, self.hot_groups = families, hot_groups

    def __enter__(self):
        super().__enter__()
        WORK.mkdir(parents=True, exist_ok=True)
        (WORK / "keys").mkdir(mode=0o700, exist_ok=True)
        self.write_keys()
        self.write_tokens()
        return self

    def __exit__(self, *why):
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        before = [signal.signal(number, signal.SIG_IGN) for number in signals]  # putting things away is not to be interrupted
        try:
            return super().__exit__(*why)
        finally:
            for number, handler in zip(signals, before):
                signal.signal(number, handler)

    # --- PostgreSQL -------------------------------------------------------------------------------------------------------

    def start_cluster(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gongji-bench.", dir="/var/tmp"))
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.callback(run, "deploy/local/cluster.sh", "stop", self.folder)
        run("deploy/local/cluster.sh", "start", self.folder, *[word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")])
        self.use_cluster(self.folder / "socket")

    def use_cluster(self, host):
        self.host = str(host)
        self.postmaster = int((Path(self.sql("postgres", "SHOW data_directory")[0][0]) / "postmaster.pid").read_text().split()[0])

    def sql(self, database, text, *values):
        connection = psycopg2.connect(host=self.host, user="postgres", dbname=database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(text, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def psql(self, database, *arguments):
        return run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-U", "postgres", "-d", database, *arguments, seconds=1800)

    def make_database(self, name, families=None, hot_groups=None):
        """Migrated, with the shipped policies, the single-call functions and the people."""
        self.sql("postgres", f"CREATE DATABASE {name}")
        environment = {"GONGJI_DATABASE_URL": f"host={self.host} user=postgres dbname={name}"}
        run(BIN, "--config", self.write_configuration(name, name), "migrate", environment=environment)
        run(BIN, "--config", self.write_configuration(name, name), "policy", "apply", *sorted((ROOT / "config/policies").glob("*.json")), environment=environment)
        self.psql(name, "-f", HERE / "pay_single.sql")
        self.psql(name, "-v", f"families={families or self.families}", "-v",
                  f"hot_groups={self.hot_groups if hot_groups is None else hot_groups}", "-f", HERE / "fill.sql")

    def copy_database(self, source, name):
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {source}")

    def database_cpu(self):
        return sum(cpu_seconds(pid) for pid in [self.postmaster, *children(self.postmaster)])

    # --- tokens -----------------------------------------------------------------------------------------------------------

    def write_keys(self):
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.secret = secrets.token_hex(32)
        self.private = private  # the object: reading it from PEM for each token would take longer than signing
        self.public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        for name, text in (("hs", self.secret), ("rs.pem", self.public), ("seal", "s1 " + base64.b64encode(secrets.token_bytes(32)).decode()),
                           ("index", "i1 " + base64.b64encode(secrets.token_bytes(32)).decode())):
            (WORK / "keys" / name).write_text(text)

    def token(self, person, kid):
        now = int(time.time())
        claims = {"iss": kid, "sub": str(1000000000 + person), "aud": "gongji", "client_id": "app", "scope": "family account premium", "iat": now, "exp": now + 14400}
        return jwt.encode(claims, self.secret if kid == "hs" else self.private, algorithm="HS256" if kid == "hs" else "RS256", headers={"kid": kid})

    def write_tokens(self):
        """One a line: the father of each family (every tenth signed RS256), then the members of each hot group."""
        fathers = [(4 * family + 1, "rs" if family % 10 == 1 else "hs") for family in range(self.families)]
        first = 4 * self.families + 2
        members = [(first + group * (HOT_MEMBERS + 1) + member, "hs") for group in range(self.hot_groups) for member in range(HOT_MEMBERS)]
        self.tokens = [self.token(*each) for each in fathers + members]
        self.token_path = WORK / "tokens"
        self.token_path.write_text("\n".join(self.tokens))

    def write_holder(self, person):
        """A file of one token: that person's."""
        path = WORK / "holder"
        path.write_text(self.token(person, "hs"))
        return path

    # --- servers ----------------------------------------------------------------------------------------------------------

    def write_configuration(self, name, database, port=0, **options):
        issuer = "[issuer {0}]\niss = {0}\nkind = citizen\nchannel = web_hall\nalgorithm = {1}\nkeys = {0}=keys/{2}\nscopes = family account premium\nmax_lifetime = 86400\n"
        lines = ["[server]", f"listen = 127.0.0.1:{port}", "[database]", f"url = host={self.host} user=gongji_app dbname={database}",
                 f"owner_url = host={self.host} user=postgres dbname={database}", *[f"{key} = {value}" for key, value in options.items()],
                 "[security]", "seal_keys = keys/seal", "index_keys = keys/index", issuer.format("hs", "HS256", "hs"), issuer.format("rs", "RS256", "rs.pem")]
        path = WORK / f"{name}.ini"
        path.write_text("\n".join(lines))
        return path

    def start_server(self, name, database, **options):
        """options: of section [database]; batch_items = 1 makes every call a transaction of its own."""
        port = free_port()
        server = Program(name, port, [BIN, "--config", self.write_configuration(name, database, port, **options), "serve"])
        self.callback(server.stop)
        return server.wait_ready()

    def install_peer(self):
        folder = ROOT / "build/node/peer-fastify"
        lock = HERE / "peer-fastify/package-lock.json"
        installed = folder / "installed.json"
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / "peer-fastify" / name, folder)
            run("npm", "--prefix", folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            shutil.copy(lock, installed)
        return folder / "node_modules"

    def start_peer(self, database, **changes):
        settings = {**PEER, "port": free_port(), "host": self.host, "database": database, "secret": self.secret, "publicKey": self.public, **changes}
        environment = {"PEER": json.dumps(settings), "NODE_PATH": str(self.install_peer()), "NODE_ENV": "production"}
        peer = Program("peer", settings["port"], ["node", HERE / "peer-fastify/server.js"], environment)
        self.callback(peer.stop)
        return peer.wait_ready()

    def verify(self, database, configuration):
        return run(BIN, "--config", WORK / f"{configuration}.ini", "verify", environment={"GONGJI_DATABASE_URL": f"host={self.host} user=gongji_app dbname={database}"})
