"""Write units.csv and successions.csv from the package vietnamadminunits (MIT), whose data ship offline.

    uv run --no-project --with vietnamadminunits==1.0.4 python areas/data/build.py

Run by hand when the package has newer data; the project itself reads only the two files.
"""

import csv
import json
import sqlite3
import unicodedata
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
REFORM = "2025-07-01"
# The source has no start dates for the units before the reform; see README.md.
OLD_FROM, OLD_TO = "2005-01-01", "2025-06-30"
UNIT_COLUMNS = ["level", "code", "kind", "name", "parent_code", "valid_from", "valid_to"]
SUCCESSION_COLUMNS = ["predecessor_code", "predecessor_from", "successor_code", "on_date", "is_default"]
OLD_QUERY = """select distinct provinceCode, province, provinceKey, districtCode, district, districtKey,
               wardCode, ward, wardKey from admin_units_legacy"""
NEW_QUERY = "select distinct provinceCode, province, provinceKey, wardCode, ward, wardKey from admin_units"


def unit(level: str, code: str, name: str, parent: str, *, old: bool) -> dict[str, str]:
    name = unicodedata.normalize("NFC", name)
    kinds = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Thị trấn", "Phường", "Xã", "Đặc khu")
    # The source writes some as "Thị Trấn".
    kind = next(kind for kind in kinds if name.casefold().startswith(kind.casefold() + " "))
    name = kind + name[len(kind) :]
    since, until = (OLD_FROM, OLD_TO) if old else (REFORM, "")
    return dict(zip(UNIT_COLUMNS, [level, code, kind.lower(), name, parent, since, until], strict=True))


def units(old: list[sqlite3.Row], new: list[sqlite3.Row]) -> list[dict[str, str]]:
    found = {}
    for row, is_old in [(row, True) for row in old] + [(row, False) for row in new]:
        parent = row["districtCode"] if is_old else row["provinceCode"]
        levels = [("province", row["provinceCode"], row["province"], "")]
        if is_old:
            levels.append(("district", row["districtCode"], row["district"], row["provinceCode"]))
        if row["wardCode"]:
            levels.append(("commune", row["wardCode"], row["ward"], parent))
        for level, code, name, parent_code in levels:
            found[is_old, level, code] = unit(level, code, name, parent_code, old=is_old)
    order = {"province": 0, "district": 1, "commune": 2}
    return sorted(found.values(), key=lambda row: (row["valid_from"], order[row["level"]], row["code"]))


def successions(old: list[sqlite3.Row], new: list[sqlite3.Row], converter: dict) -> list[dict[str, str]]:
    old_codes = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row["wardCode"]
        or row["districtCode"]
        for row in old
    }
    old_provinces = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_provinces = {row["provinceKey"]: row["provinceCode"] for row in new}
    new_codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    found: dict[tuple[str, str], bool] = {}
    for province, predecessors in converter["DICT_PROVINCE"].items():
        for key in predecessors:
            found[old_provinces[key], new_provinces[province]] = True
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, predecessors in wards.items():
            for key in predecessors:
                found[old_codes[key], new_codes[province, ward]] = True
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            for part in parts:
                pair = old_codes[key], new_codes[province, part["newWardKey"]]
                found[pair] = found.get(pair, False) or part["isDefaultNewWard"]
    return [
        dict(zip(SUCCESSION_COLUMNS, [old_code, OLD_FROM, new_code, REFORM, str(int(default))], strict=True))
        for (old_code, new_code), default in sorted(found.items())
    ]


def write(name: str, columns: list[str], rows: list[dict[str, str]]) -> None:
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(name, len(rows))


def main() -> None:
    package = find_spec("vietnamadminunits")
    if package is None or package.origin is None:
        raise SystemExit("vietnamadminunits is not installed: run this through uv as the docstring says.")
    data = Path(package.origin).parent / "data"
    database = sqlite3.connect(data / "dataset.db")
    database.row_factory = sqlite3.Row
    old, new = database.execute(OLD_QUERY).fetchall(), database.execute(NEW_QUERY).fetchall()
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    write("units.csv", UNIT_COLUMNS, units(old, new))
    write("successions.csv", SUCCESSION_COLUMNS, successions(old, new, converter))


if __name__ == "__main__":
    main()
