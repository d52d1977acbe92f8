"""One database and one server for the run; `gongji verify` must be green when everything is over."""
import os

import pytest

from harness import ROOT, Server, World, sql


def fresh_database(name):
    sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    sql("postgres", f'CREATE DATABASE "{name}"')


@pytest.fixture(scope="session")
def new_server(tmp_path_factory):
    """Makes servers with a database of their own, migrated and loaded with the shipped policies and standards."""
    made = []

    def make(name, environment=None, load=True):
        database = f"gongji_{name}_{os.getpid()}_{len(made)}"
        fresh_database(database)
        server = Server(tmp_path_factory.mktemp(name), database, environment)
        server.run("migrate")
        if load:
            server.run("policy", "apply", *sorted((ROOT / "config/policies").glob("*.json")), *sorted((ROOT / "config/premium-standards").glob("*.json")))
        made.append(server)
        return server

    yield make
    for server in made:
        if server.process:
            assert server.stop() == 0, server.log_text()[-3000:]  # a sanitizer that found a leak says so here
        fresh = server.run("verify", check=False)
        assert fresh.returncode == 0, fresh.stdout + fresh.stderr
        sql("postgres", f'DROP DATABASE "{server.database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def server(new_server):
    return new_server("main").start()


@pytest.fixture(scope="session")
def world(server):
    return World(server)


@pytest.fixture(scope="session")
def later_server(server, tmp_path_factory):
    """Makes further processes on the main server's database: with a later clock, or other options, as environment variables."""
    made = {}

    def make(clock=None, **environment):
        if clock:
            environment["GONGJI_CLOCK_NOW"] = clock
        named = tuple(sorted(environment.items()))
        if named not in made:
            made[named] = Server(tmp_path_factory.mktemp("later"), server.database, environment, secret=server.secret).start()
        return made[named]

    yield make
    for each in made.values():
        each.stop()
