"""The shape of the code: one import direction, a pure core, files of a readable size."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("config", "identity", "fallbacks", "presence")
EVERYTHING = (*OURS, "examples", "benchmarks", "tests")
APPS = {"identity", "fallbacks", "presence"}
# Who may be imported by whom, besides oneself: identity → fallbacks → presence, never back.
BELOW = {"identity": {"fallbacks", "presence"}, "fallbacks": {"presence"}, "presence": set()}
PURE = (
    "identity/policy",
    "identity/simulation",
    "identity/risk",
    "identity/trust",
    "identity/values",
    "identity/states",
    "identity/contextual",
    "identity/audit/names",
    "identity/audit/chain",
    "identity/audit/walk",
    "presence/states",
    "presence/quiet",
    "presence/rules",
    "presence/darkness",
    "fallbacks/ladder",
    "fallbacks/independence",
)
IMPURE_MODULES = {"django", "config", "time", "os", "socket", "random", "secrets", "psycopg"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "common"}
LONGEST = 350


def files(*tops: str) -> list[Path]:
    found = [path for top in tops for path in (ROOT / top).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST, path: Path) -> Iterator[tuple[str, int]]:
    """Every module that is imported, in full, with its line."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            for name in node.names:
                yield f"{module}.{name.name}", node.lineno


def pure_files() -> list[Path]:
    found: list[Path] = []
    for name in PURE:
        module = (ROOT / name).with_suffix(".py")
        found += [module] if module.exists() else files(name)
    return found


def test_apps_import_downwards_only() -> None:
    wrong = []
    for path in files(*APPS):
        app = path.relative_to(ROOT).parts[0]
        for module, line in imports(ast.parse(path.read_text()), path):
            top = module.split(".")[0]
            upwards = top in APPS and top != app and top not in BELOW[app]
            wiring = top == "config" and not module.startswith("config.lifecycle")
            if upwards or wiring or top in ("examples", "benchmarks", "tests"):
                wrong.append(f"{label(path)}:{line} imports {module}")
    assert wrong == []


def test_the_core_is_pure() -> None:
    wrong = []
    for path in pure_files():
        tree = ast.parse(path.read_text())
        for module, line in imports(tree, path):
            if module.split(".")[0] in IMPURE_MODULES or ".models" in module:
                wrong.append(f"{label(path)}:{line} imports {module}")
        wrong += [f"{label(path)}:{line} calls {name}" for name, line in impure_calls(tree)]
    assert wrong == []


def impure_calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Calls that read a clock or a file."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.func.attr) in CLOCKS:
                yield f"{name}.{node.func.attr}()", node.lineno
        elif getattr(node.func, "id", "") in ("open", "input", "print"):
            yield f"{node.func.id}()", node.lineno  # type: ignore[attr-defined]


def test_files_can_be_read_in_one_go() -> None:
    """A longer one wants to be a package whose parts have names."""
    found = {label(path): len(path.read_text().splitlines()) for path in files(*EVERYTHING)}
    assert {name: lines for name, lines in found.items() if lines > LONGEST} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [label(path) for path in files(*EVERYTHING) if path.stem in VAGUE_NAMES] == []


def test_no_import_hides_a_cycle() -> None:
    wrong = []
    for path in files(*OURS):
        if path.name == "apps.py":
            continue  # Django wants listeners to be imported in ready()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for module, line in imports(node, path):
                    if module.split(".")[0] in OURS:
                        wrong.append(f"{label(path)}:{line} imports {module}")
    assert wrong == []


def test_the_checks_find_what_they_look_for() -> None:
    """A check that finds nothing must not be one that sees nothing."""
    path = ROOT / "fallbacks" / "imagined.py"
    tree = ast.parse("from ..identity import models\nimport presence.states as s")
    assert list(imports(tree, path)) == [("identity.models", 1), ("presence.states", 2)]
    assert [name for name, _ in impure_calls(ast.parse("datetime.datetime.now(); open('x')"))] == [
        "datetime.now()",
        "open()",
    ]
    names = {label(path) for path in pure_files()}
    assert {"identity/states.py", "presence/states.py", "fallbacks/ladder.py"} <= names
    assert any(name.startswith("identity/policy/") for name in names)
