"""Imports go one way, and nothing heavy is loaded where speed is promised."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

import crm_cli

PACKAGE = Path(crm_cli.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

LAYERS = ("model", "store", "index", "query", "workspace", "features", "tui", "mcp", "cli")
"""From the lowest; each may import those before it."""
MODEL_ONLY = ("formats", "render")
FOR_THE_SCREEN = {"rich": ("render", "tui"), "typer": ("cli",), "textual": ("tui",)}
SHARED = (
    "account", "address_book", "alike", "assigning", "closed_books", "consent", "entering",
    "events", "forgotten", "given", "items", "listed", "mentions", "moves", "new_items", "numbers",
    "own_templates", "own_values", "own_words", "paths", "people", "pictures", "plan", "references",
    "revisions", "survey_answers", "unread", "values", "versions",
)  # fmt: skip
"""What every feature is made with, and so may import."""
OVER = {
    "rules": ("mailing", "purchases", "segments"),
    "mailing": ("documents",),
    "exporting": ("mirroring",),
}
"""Features that stand on others: rules do by themselves what people have commands for, and
messages are made by the templates of documents; a folder of tables has the name that a mirror
gives its directory."""
HEAVY = ("rich", "ruamel", "phonenumbers", "dateutil", "anyascii", "multiprocessing", "jinja2")


def layer_of(module: str) -> str:
    """`crm_cli.store.files` is of `store`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@functools.cache
def imported(path: Path) -> tuple[tuple[int, str], ...]:
    """Each import of a file, wherever it stands, as (line, module)."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            module = node.module or ""
            yield node.lineno, module
            for alias in node.names:
                if module == "crm_cli" or (PACKAGE.parent / module.replace(".", "/")).is_dir():
                    yield node.lineno, f"{module}.{alias.name}"


def allowed(importer: str, target: str) -> bool:
    """Whether a layer may import from another."""
    if importer == target or not target or target.startswith("__"):
        return True
    if importer in MODEL_ONLY:
        return target == "model"
    if target in MODEL_ONLY:
        return importer in (("features", "cli") if target == "formats" else ("tui", "cli"))
    return LAYERS.index(target) < LAYERS.index(importer)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    own = layer_of("crm_cli." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    wrong = [
        f"{path.name}:{line}: {own} imports {module}"
        for line, module in imported(path)
        if module.startswith("crm_cli.")
        and not own.startswith("__")
        and find_spec_quietly(module)
        and not allowed(own, layer_of(module))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_keep_to_their_layer(path: Path) -> None:
    own = layer_of("crm_cli." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    for line, module in imported(path):
        top = module.split(".")[0]
        assert top != "click", f"{path.name}:{line}: Typer brings its own Click"
        assert own in FOR_THE_SCREEN.get(top, (own,)), f"{path.name}:{line}: {own} imports {top}"


FEATURES = PACKAGE / "features"


@pytest.mark.parametrize(
    "path", sorted(FEATURES.rglob("*.py")), ids=lambda path: str(path.relative_to(FEATURES))
)
def test_features_do_not_import_each_other(path: Path) -> None:
    subject = path.relative_to(FEATURES).with_suffix("").parts[0]
    for line, module in imported(path):
        parts = module.split(".")
        if parts[:2] == ["crm_cli", "features"] and len(parts) > 2:
            known = (subject, *SHARED, *OVER.get(subject, ()))
            assert parts[2] in known, f"{path.name}:{line}: {subject} imports {module}"


def module_of(path: Path) -> str:
    """The name that a file is imported by."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, modules: set[str]) -> set[str]:
    """The modules of the program that one imports, in functions and for type checkers too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in modules else node.module or "")
    return found & modules


def reachable(module: str, imports: Mapping[str, set[str]]) -> set[str]:
    """What a module imports, itself or through others."""
    found: set[str] = set()
    left = [module]
    while left:
        new = imports[left.pop()] - found
        found |= new
        left += new
    return found


def test_no_module_imports_itself_through_others() -> None:
    modules = {module_of(path) for path in FILES}
    imports = {module_of(path): imports_of(path, modules) for path in FILES}
    assert "crm_cli.index.schema" in reachable("crm_cli.cli.query_rows", imports)
    cycles = {name for name in modules if name in reachable(name, imports)}
    assert cycles == set()


def find_spec_quietly(module: str) -> bool:
    """Whether the name is a module's, not a class's within one."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


WRITERS = {"crm_cli.store.document", "crm_cli.store.splice", "crm_cli.model.reading"}
"""What reads and edits whole records: nothing that is answered from the index needs it."""

SETTLED = "from crm_cli.index import snapshot; snapshot.RACY = -(10**18)"
"""Else a file that was just written is read once more: its times could hide a later change."""


def loaded_by(*words: str, cwd: Path, before: str = "") -> set[str]:
    """The modules that a run of the program loads."""
    code = (
        "import sys\n"
        f"{before}\n"
        "from crm_cli.cli.hook import main\n"
        f"code = main({list(words)!r})\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(PACKAGE.parent),
            "CRM_CACHE_DIR": str(cwd.parent / "cache"),
            "HOME": str(cwd),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {module.split(".")[0] for module in done.stderr.split()} | set(done.stderr.split())


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["__complete", "fish", "li"]])
def test_what_is_known_beforehand_is_said_without_typer(words: list[str], tmp_path: Path) -> None:
    loaded = loaded_by(*words, cwd=tmp_path)
    assert "typer" not in loaded
    assert not loaded & {*HEAVY, "sqlite3"}


def test_help_of_a_command_loads_no_data_layers(tmp_path: Path) -> None:
    loaded = loaded_by("completion", "--help", cwd=tmp_path)
    assert not loaded & {*HEAVY, "sqlite3", "crm_cli.workspace", "crm_cli.store"}


@pytest.mark.parametrize(
    "words",
    [
        ["list", "+vip"],
        ["list", "--json"],
        ["due"],
        ["task", "list"],
        ["purchase", "list"],
        ["purchase", "summary"],
        ["deal", "list"],
        ["report", "top"],
    ],
    ids=" ".join,
)
def test_a_warm_read_loads_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text("business:\n  name: Kos\ncountry: SI\ncurrency: EUR\n")
    customers = tmp_path / "customers"
    customers.mkdir()
    (customers / "maja-kos.yaml").write_text(
        'name: Maja Kos\ntags: vip\nphone: "+386 40 123 456"\ntasks:\n  - Call her\n'
    )
    loaded_by(*words, cwd=tmp_path, before=SETTLED)
    loaded = loaded_by(*words, cwd=tmp_path, before=SETTLED)
    assert not loaded & {*HEAVY, *WRITERS, "typer", "inspect"}


def test_one_mail_loads_no_servers() -> None:
    """`crm log --mail -` runs for each mail of a program's pipe."""
    code = "import sys; import crm_cli.features.mail.single; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not set(done.stdout.split()) & {"imaplib", "ssl", "crm_cli.store.mailboxes.imap"}
    code = "import sys; import crm_cli.model.kinds; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not set(done.stdout.split()) & {"crm_cli.model.mail"}


def test_an_edit_loads_no_tables_of_phone_numbers(tmp_path: Path) -> None:
    """What the numbers in the record mean stands in the index."""
    (tmp_path / "crm.yaml").write_text("country: SI\ncurrency: EUR\n")
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "maja-kos.yaml").write_text(
        "name: Maja Kos\nphones:\n  - 040 123 456\n  - +385 1 234 5678\n"
    )
    assert "phonenumbers" in loaded_by("list", cwd=tmp_path)
    for nickname in ("Maji", "Majka"):
        loaded = loaded_by("set", "maja-kos", f"nickname={nickname}", cwd=tmp_path)
        assert not loaded & {*HEAVY, "typer", "inspect"}
