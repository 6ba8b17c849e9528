"""Compile the Vietnamese texts: `python -m config.messages` merges locale/vi/**/*.po into django.mo.

By Babel, in pure Python: `msgfmt` is not on a fresh machine. Run by `make setup`.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale" / "vi"


def merged(locale: Path) -> Catalog:
    """The main catalogue with every fragment's texts added. Raises ValueError where two translations disagree."""
    main = _read(locale / "LC_MESSAGES" / "django.po")
    for path in sorted((locale / "fragments").glob("*.po")):
        for message in _read(path):
            if not message.id or message.fuzzy:
                continue
            known = main.get(message.id, message.context)
            if known and known.string and known.string != message.string:
                raise ValueError(f"{path.name}: {message.id!r} is already translated in another way")
            main.add(message.id, message.string, context=message.context)
    return main


def main() -> int:
    target = LOCALE / "LC_MESSAGES" / "django.mo"
    catalog = merged(LOCALE)
    making = target.with_suffix(".new")
    with making.open("wb") as file:
        write_mo(file, catalog)
    making.replace(target)
    return 0


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="vi", charset="utf-8", abort_invalid=True)


if __name__ == "__main__":
    sys.exit(main())
