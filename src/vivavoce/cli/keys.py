"""`vivavoce keys`: the newsroom's signing keys, shown, rotated, and their public part for others."""

import json
from datetime import UTC, datetime
from pathlib import Path

import typer

from vivavoce.cli.output import print_result
from vivavoce.errors import UsageError
from vivavoce.settings import read_places

app = typer.Typer(help="The newsroom's signing keys.", rich_markup_mode=None, no_args_is_help=False)


@app.callback(invoke_without_command=True)
def show(
    context: typer.Context, as_json: bool = typer.Option(False, "--json", help="Print them for machines.")
) -> None:
    """Show whose keys sign, where they lie, until when they hold, and what to do where they are lost.

    Example: vivavoce keys
    """
    if context.invoked_subcommand:
        return
    from vivavoce.house import read_house
    from vivavoce.provenance.keys import find_identity, fingerprint_of, read_roots

    places = read_places()
    options = read_house(places).signing
    folder = options.keys or places.keys
    identity = find_identity(options, places.keys)
    roots = [fingerprint_of(root) for root in read_roots(options, places.keys)]
    if as_json:
        print_result(
            json.dumps(
                {
                    "folder": str(folder),
                    "signer": identity and identity.name,
                    "own": identity and identity.is_own,
                    "certificate_sha256": identity and fingerprint_of(identity.certificate),
                    "expires": identity and identity.expires_at.isoformat(),
                    "warning": identity and identity.warn_of_expiry(datetime.now(UTC)),
                    "ta_url": options.ta_url,
                    "roots_sha256": roots,
                },
                indent=1,
            )
        )
        return
    if identity is None:
        print_result(f"no keys yet: they are made in {folder} when something is first signed")
        return
    lines = [
        f"signs      {identity.name}, {'with keys of its own' if identity.is_own else 'with a bought chain'}",
        f"where      {folder if identity.is_own else options.chain}",
        f"holds      until {identity.expires_at:%Y-%m-%d}",
        f"stamps     {options.ta_url or _NO_STAMPS}",
        f"root       {'; earlier: '.join(roots[:2]) if roots else 'none'}",
        f"if lost    {_LOSS}",
    ]
    warning = identity.warn_of_expiry(datetime.now(UTC))
    print_result("\n".join([*lines, *([f"WARNING    {warning}"] if warning else [])]))


_NO_STAMPS = "none: after that day nobody can check what it signed; see ta_url in vivavoce.toml"
_LOSS = (
    "what is signed can still be verified with the public root; restore the folder from a backup, or run: "
    "vivavoce keys rotate (with --new-root if the root's key is lost or known to others)"
)


@app.command()
def rotate(
    new_root: bool = typer.Option(False, "--new-root", help="A new root as well: readers must learn it anew."),
) -> None:
    """Make a new signing key; what the old one signed stays known as this newsroom's.

    Example: vivavoce keys rotate
    """
    from vivavoce.house import read_house
    from vivavoce.provenance.keys import rotate_keys

    places = read_places()
    house = read_house(places)
    identity = rotate_keys(house.signing, places.keys, publisher=house.publication.name, new_root=new_root)
    print_result(f"{identity.name} signs with a new key until {identity.expires_at:%Y-%m-%d}; back its folder up")


@app.command()
def export(output: Path = typer.Option(..., "-o", "--output", help="The file; `-` prints it.")) -> None:
    """Write the public root certificates, for the site and for everyone who wants to verify.

    Example: vivavoce keys export -o newsroom-root.pem
    """
    from vivavoce.house import read_house
    from vivavoce.provenance.keys import read_roots, to_pem

    places = read_places()
    roots = read_roots(read_house(places).signing, places.keys)
    if not roots:
        raise UsageError("there are no keys yet; they are made when something is first signed")
    text = b"".join(map(to_pem, roots)).decode("ascii")
    if str(output) == "-":
        print_result(text.rstrip())
    else:
        output.write_text(text, "ascii")
        print_result(str(output))
