"""The API as its own OpenAPI document describes it, fuzzed from outside: never a 500."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.live.outside import KEPT, Payroll, Product

pytestmark = pytest.mark.xdist_group("product")

CHECKS = "not_a_server_error,response_schema_conformance,unsupported_method"


def test_the_api_keeps_to_its_schema(product: Product, payroll: Payroll) -> None:
    environment = {name: product.environment[name] for name in KEPT if name in product.environment}
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{product.url}/api/v1/schema/"]
    command += ["--header", f"Authorization: {payroll.http.headers['authorization']}"]
    command += ["--checks", CHECKS, "--phases", "coverage,fuzzing", "--seed", "4711"]
    command += ["--max-examples", "25", "--max-time", "30", "--no-color"]
    done = subprocess.run(
        command,
        cwd=product.state.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "13/13" in done.stdout
