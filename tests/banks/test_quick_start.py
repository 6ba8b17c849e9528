"""The quick start's own commands, by curl against a running server: from client ID to the settled list."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from banks.operations.trial import act_on_trial_list, make_trial_list
from banks.queries.province import trial_lists
from payments.models import StatementLine
from tests.banks import bank_world
from tests.banks.bank_world import AGRIBANK, add_client

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq"),
]
DOCS = Path(__file__).resolve().parents[2] / "docs"


def commands(guide: str) -> str:
    """Every block of commands up to the statement, in order; the site's address is given from outside."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    blocks = re.findall(r"^(?:    .*\n)+", text[: text.index("camt.053.001.08")], re.MULTILINE)
    lines = [line[4:] for block in blocks for line in block.splitlines()]
    return "\n".join(line for line in lines if not line.startswith("SITE="))


@pytest.mark.parametrize("guide", ["banks-api.md", "banks-api.vi.md"])
def test_its_commands_lead_from_a_client_id_to_a_settled_list(live_server, tmp_path, guide):
    world = bank_world.build()
    client = add_client(world, AGRIBANK, name="try", sandbox=True)
    administrator = world.officers["tinh"]
    batch = make_trial_list(provider=AGRIBANK, by=administrator, at=timezone.now())
    script = f"set -euo pipefail\n{commands(guide)}\n"
    environment = {
        "SITE": f"{live_server.url}/api/banks/v1", "CLIENT_ID": client.pk, "SECRET": world.secrets["try"],
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found = trial_lists(provider=AGRIBANK).get()
    assert (found.state, found.answered) == ("acknowledged", 20), done.stdout
    assert StatementLine.objects.filter(cycle=batch.round.cycle_id).count() == 20
    act_on_trial_list(batch=found, action="settle", by=administrator, at=timezone.now())
    assert trial_lists(provider=AGRIBANK).get().state == "settled"
