"""The command line's frame: one app, one place where an error becomes an exit code."""

import sys
import tempfile
import traceback
from pathlib import Path

import typer
from typer._click.exceptions import ClickException  # typer names no public door to its usage errors
from typer.exceptions import TyperException

from vivavoce import __version__
from vivavoce.cli import (
    archive,
    cache,
    correct,
    doctor,
    extract,
    feed,
    init,
    keys,
    lexicon,
    listen,
    narrate,
    proof,
    say,
    script,
    serve,
    site,
    verify,
    voices,
)
from vivavoce.errors import (
    InputError,
    MachineError,
    ProvenanceError,
    RemoteError,
    SynthesisError,
    UsageError,
    VivavoceError,
)

EXIT_FAULT = 1
EXIT_INTERRUPTED = 130
EXIT_CODES: dict[type[VivavoceError], int] = {
    UsageError: 2,
    InputError: 3,
    RemoteError: 4,
    SynthesisError: 5,
    MachineError: 7,
    ProvenanceError: 8,
}
"""Code 6, "made, but the proof has findings", is no error: the commands return it themselves."""

app = typer.Typer(
    name="vivavoce",
    help="Turns published news articles into audio editions that a newsroom can stand behind.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"vivavoce {__version__}")
        raise typer.Exit


@app.callback()
def _frame(
    _version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Hold the options that stand before the command."""


# Each command's module registers itself here, one line each: app.command("name")(module.function)
app.command("extract")(extract.extract)
app.command("narrate")(narrate.narrate)
app.command("correct")(correct.correct)
app.command("say")(say.say)
app.command("listen")(listen.listen)
app.command("proof")(proof.proof)
app.add_typer(voices.app, name="voices")
app.add_typer(cache.app, name="cache")
app.command("verify")(verify.verify)
app.add_typer(keys.app, name="keys")
app.command("doctor")(doctor.doctor)
app.command("archive")(archive.archive)
app.command("init")(init.init)
app.command("feed")(feed.feed)
app.command("site")(site.site)
app.command("script")(script.script)
app.add_typer(lexicon.app, name="lexicon")
app.add_typer(serve.app, name="serve")


def main() -> None:
    """Run the command line; every way out has its exit code and at most one line on stderr."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        error.show() if isinstance(error, ClickException) else print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except VivavoceError as error:
        _leave(str(error), next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind)))
    except MemoryError:
        _leave("this machine has too little free memory for this; close something or take a larger one", 7)
    except OSError as error:
        _leave(_explain_os_error(error), 7)
    except Exception:  # noqa: BLE001  # the outermost frame: a fault of ours becomes one line and a report
        _leave(f"a fault of ours; please send us the report in {_write_report()}", EXIT_FAULT)
    if code == EXIT_INTERRUPTED:
        _leave("interrupted; nothing is lost, the same command goes on where it stopped", EXIT_INTERRUPTED)
    sys.exit(code or 0)


def _leave(line: str, code: int) -> None:
    print(f"vivavoce: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(code)


def _explain_os_error(error: OSError) -> str:
    where = f" at {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}; mend that and run the same command again"


def _write_report() -> Path:
    with tempfile.NamedTemporaryFile(
        "w", prefix="vivavoce-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"vivavoce {__version__}, Python {sys.version}\n\n{traceback.format_exc()}")
    return Path(file.name)
