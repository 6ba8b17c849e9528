"""Reading what banks send: XML without entities or network, checked against the official XSD of its own version."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from banks.operations.errors import UnreadableFile

SCHEMAS = Path(__file__).parent / "schemas"
PREFIX = "urn:iso:std:iso:20022:tech:xsd:"


def read_document(content: bytes, *, kinds: tuple[str, ...]) -> tuple[str, etree._Element]:
    """The message's name (as `pain.002.001.12`) and its root, without namespaces in the tags.

    Raises UnreadableFile where it is no XML, none of these kinds, a version without schema here, or not valid.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(_("This is not well-formed XML."), str(error)[:200]) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableFile(_("A message may not declare a document type."))
    name = (etree.QName(root).namespace or "").removeprefix(PREFIX)
    if not name.startswith(kinds) or not (SCHEMAS / f"{name}.xsd").is_file():
        known = ", ".join(sorted(path.stem for path in SCHEMAS.glob("*.xsd") if path.stem.startswith(kinds)))
        raise UnreadableFile(_("Send one of these messages: %(known)s.") % {"known": known}, name[:60])
    schema = schema_of(name)
    if not schema.validate(root):
        first = schema.error_log[0]
        problem = _("The message does not fit the schema of %(name)s.") % {"name": name}
        raise UnreadableFile(problem, f"line {first.line}: {first.message}"[:300])
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return name, root


@cache
def schema_of(name: str) -> etree.XMLSchema:
    """The official XSD of a message version; FileNotFoundError for one that is not here."""
    return etree.XMLSchema(etree.parse(str(SCHEMAS / f"{name}.xsd")))


def text_at(element: etree._Element, path: str) -> str:
    """The text at a path, '' where there is none."""
    return (element.findtext(path) or "").strip()
