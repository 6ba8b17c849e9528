"""A list of 55,000 transactions as pain.001: valid against the official XSD, and written in little memory."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own, so that the memory counted is this file's alone.
SCRIPT = """
import resource, sys
from datetime import date, datetime
import django
django.setup()
from lxml import etree
from banks.iso20022.pain001 import Header, write_pain001
from banks.iso20022.reading import schema_of
from banks.queries.lists import Instruction

N = 55_000
header = Header("AS-1-2", datetime(2024, 12, 1, 12), N, 500_000 * N, "Thành phố Phan Thiết", "KBNN-593",
                date(2024, 12, 2), "970405", "VBAAVNVX", "Tro cap BTXH thang 12/2024")
rows = (Instruction(str(2024120210000000000 + n), str(10**9 + n), "DANG THI UOC", 500_000, "pending", None)
        for n in range(N))
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = peak()
with open(sys.argv[1], "wb") as out:
    for piece in write_pain001(header, rows):
        out.write(piece)
print(round(peak() - before, 1))
document = etree.parse(sys.argv[1])
schema_of("pain.001.001.09").assertValid(document)
print(len(document.getroot().findall(".//{*}EndToEndId")))
"""


def test_fifty_five_thousand_transactions_are_valid_and_take_under_60_mb(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "pain.xml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=240)
    memory, count = done.stdout.split()[-2:]
    assert float(memory) < 60
    assert count == "55000"
