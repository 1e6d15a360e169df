"""XML from outside: no entities, no references, no network, no more depth than a document needs."""

from lxml import etree

from vivavoce.errors import InputError


def parse_xml(body: bytes, *, address: str) -> etree._Element:
    """Parse a document.

    Raises:
        InputError: It is not well-formed, or declares entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        why = " ".join(str(error).split())
        raise InputError(f"{address}: no well-formed XML ({why}); check its source (rule: xml)") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and list(dtd.iterentities()):  # type: ignore[union-attr]  # lxml-stubs lacks the method
        raise InputError(f"{address}: XML that declares entities is not read (rule: entities)")
    return root


def local_name(element: etree._Element) -> str:
    """A tag without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
