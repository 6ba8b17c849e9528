"""Every text of the pages, messages and commands has a Vietnamese translation that fits it."""

import ast
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale" / "vi"
NOT_OURS = {"tests", "locale", "static", "staticfiles", "node_modules", "bench", "var"}

# Function → positions of context, singular and plural among its arguments.
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)|\{\w*\}|(?<!%)%[sd]")


class Text(NamedTuple):
    """What a translator is asked for; `context` and `plural` are None where there is none."""

    context: str | None
    singular: str
    plural: str | None


def project_files(*suffixes: str) -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        top = path.relative_to(ROOT).parts[0]
        if path.suffix in suffixes and top not in NOT_OURS and not top.startswith("."):
            yield path


def texts_of_python(source: str) -> Iterator[tuple[int, Text | None]]:
    """Line and text of every translated literal; None for one built at run time, which cannot be."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        positions = CALLS.get(re.sub(r"_(lazy|noop)$", "", name))
        if positions is None:
            continue
        parts = [
            None if at is None else node.args[at] for at in positions if at is None or at < len(node.args)
        ]
        if any(isinstance(part, ast.JoinedStr) for part in parts):
            yield node.lineno, None
        elif len(parts) == 3 and all(part is None or isinstance(part, ast.Constant) for part in parts):
            yield node.lineno, Text(*(None if part is None else part.value for part in parts))


def texts_of_template(source: str) -> Iterator[tuple[int, Text]]:
    code = templatize(source)
    for call in TEMPLATE_CALL.finditer(code):
        literals = [ast.literal_eval(literal) for literal in re.findall(LITERAL, call[2], re.DOTALL)]
        line = code.count("\n", 0, call.start()) + 1
        yield line, Text(*(None if at is None else literals[at] for at in CALLS[call[1]]))


def all_texts() -> dict[Text, str]:
    """Every text of the project with the first place that uses it."""
    found: dict[Text, str] = {}
    for path in project_files(".py"):
        for line, text in texts_of_python(path.read_text(encoding="utf-8")):
            if text is not None:
                found.setdefault(text, f"{path.relative_to(ROOT)}:{line}")
    for path in project_files(".html", ".txt"):
        if "templates" in path.relative_to(ROOT).parts:
            for line, text in texts_of_template(path.read_text(encoding="utf-8")):
                found.setdefault(text, f"{path.relative_to(ROOT)}:{line}")
    return found


def read(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale="vi", charset="utf-8", abort_invalid=True)


def own_messages() -> list[tuple[Path, Message]]:
    paths = [LOCALE / "LC_MESSAGES" / "django.po", *sorted((LOCALE / "fragments").glob("*.po"))]
    return [(path, message) for path in paths for message in read(path) if message.id]


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings) and not message.fuzzy


def singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def djangos_messages() -> Iterator[Message]:
    for part in ("conf", "contrib/auth"):
        yield from read(Path(django.__file__).parent / part / "locale/vi/LC_MESSAGES/django.po")


def stubs(missing: dict[Text, str]) -> str:
    catalog = Catalog(locale="vi")
    for text, place in missing.items():
        file, line = place.rsplit(":", 1)
        identity = (text.singular, text.plural) if text.plural else text.singular
        catalog.add(identity, context=text.context, locations=[(file, int(line))])
    out = io.BytesIO()
    write_po(out, catalog, omit_header=True, width=110)
    return out.getvalue().decode()


def test_every_text_has_a_vietnamese_translation():
    messages = [message for _path, message in own_messages()] + list(djangos_messages())
    # gettext finds a plural by its singular, so a singular alone is enough only for a text without plural.
    known = {(m.context, singular(m), isinstance(m.id, (list, tuple))) for m in messages if is_translated(m)}
    missing = {
        text: place
        for text, place in all_texts().items()
        if (text.context, text.singular, text.plural is not None) not in known
    }
    assert not missing, (
        f"{len(missing)} texts lack a translation; fill in and add to locale/vi:\n\n{stubs(missing)}"
    )


def test_no_translation_is_fuzzy_or_changes_its_placeholders():
    wrong = []
    for path, message in own_messages():
        asked = set(PLACEHOLDER.findall("".join(message.id)))
        given = set(PLACEHOLDER.findall("".join(message.string)))
        if message.fuzzy or (is_translated(message) and asked != given):
            wrong.append(f"{path.name}: {message.id!r}: {sorted(asked ^ given) or 'fuzzy'}")
    assert not wrong, "\n".join(wrong)


def test_every_translation_can_be_filled_in():
    """A lone percent sign beside a placeholder breaks the page that shows it, in that language alone."""
    wrong = []
    for path, message in own_messages():
        for text in (*_forms(message.id), *_forms(message.string)):
            if "%(" not in text:
                continue
            try:
                text % defaultdict(str)
            except (TypeError, ValueError):
                wrong.append(f"{path.name}: {text!r}")
    assert not wrong, "\n".join(wrong)


def _forms(text: str | list[str] | tuple[str, ...]) -> Iterable[str]:
    return [text] if isinstance(text, str) else text


def test_no_text_is_translated_in_two_ways():
    seen: dict[tuple[str | None, str], tuple[str, object]] = {}
    twice = []
    for path, message in own_messages():
        first = seen.setdefault((message.context, singular(message)), (path.name, message.string))
        if first[1] != message.string:
            twice.append(f"{message.id!r}: {first[1]!r} in {first[0]}, {message.string!r} in {path.name}")
    assert not twice, "\n".join(twice)


def test_no_translated_text_is_built_at_run_time():
    built = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in project_files(".py")
        for line, text in texts_of_python(path.read_text(encoding="utf-8"))
        if text is None
    ]
    assert not built, f"f-strings inside gettext are never translated: {built}"


def test_it_finds_the_texts_of_python_code():
    source = (
        'from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n'
        'a = _("Pay" " day")\nb = ngettext("%(n)s person", "%(n)s people", n)\nc = pgettext("month", "May")\n'
        'd = _(f"{a}")\ne = _(variable)\n'
    )  # fmt: skip
    assert list(texts_of_python(source)) == [
        (2, Text(None, "Pay day", None)),
        (3, Text(None, "%(n)s person", "%(n)s people")),
        (4, Text("month", "May", None)),
        (5, None),
    ]


def test_it_finds_the_texts_of_templates():
    source = (
        "{% load i18n %}<h1 title=\"{% translate 'Pay day' %}\">"
        '{% translate "May" context "month" %}</h1>\n'
        '{% blocktranslate trimmed count n=people %}\n  {{ n }} person\n{% plural %}\n  {{ n }} people\n'
        '{% endblocktranslate %}{{ name|default:_("nobody") }}'
    )  # fmt: skip
    assert {text for _line, text in texts_of_template(source)} == {
        Text(None, "Pay day", None),
        Text("month", "May", None),
        Text(None, "%(n)s person", "%(n)s people"),
        Text(None, "nobody", None),
    }
