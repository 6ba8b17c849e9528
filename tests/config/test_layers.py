"""What import-linter cannot say: the contracts in pyproject.toml hold for whole packages only."""

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
APPS = ["areas", "accounts", "benefits", "beneficiaries", "payments", "banks", "postal", "reports", "desk"]


def rooms(name: str) -> list[Path]:
    return [
        path
        for app in APPS
        for path in [*PROJECT.glob(f"{app}/{name}.py"), *PROJECT.glob(f"{app}/{name}/**/*.py")]
    ]


def test_rules_know_nothing_of_the_web():
    found = []
    for path in rooms("operations") + rooms("queries"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found += [f"{path}: {name}" for name in names if name.startswith("django.http")]
    assert not found
