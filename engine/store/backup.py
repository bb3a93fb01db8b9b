"""Back up a running installation to one encrypted file, and restore it to an empty place.

SQLite is copied by its own online backup, PostgreSQL by `pg_dump`: what was committed when it began is in it, whole. Attachments stay sealed as
they are. Keys are not in it: a backup and its keys are kept in different places, and both are needed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import func, inspect, select

from engine.errors import Broken, NotFound, Refused
from engine.store.database import Database, connect
from engine.store.tables import file, metadata
from engine.store.vault import VaultReader, VaultWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine.store.files import FileStore

    Progress = Callable[[str, int, int], None]  # what, how many done, of how many

_DATABASE, _MANIFEST, _FILES = "database", "manifest.json", "files/"
_ID_FORM = 26


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the kind of database, when, how many rows per table, and size and digest of every part."""

    dialect: str
    at: str
    rows: Mapping[str, int]
    parts: Mapping[str, str]


def back_up(database: Database, files: FileStore, target: Path, secret: bytes, *, progress: Progress | None = None) -> Manifest:
    """Write `target`, which must not exist yet. Raises Refused where it does, or where the copy is not sound."""
    if target.exists():
        raise Refused(f"이미 있는 파일입니다: {target}")
    told = progress or _silent
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".didimdol-backup-") as folder:
        told("데이터베이스", 0, 1)
        copy = Path(folder) / _DATABASE
        rows, names = _copy(database, copy)
        told("데이터베이스", 1, 1)
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            manifest = _write(out, secret, copy, names, files, Manifest(database.dialect, datetime.now(UTC).isoformat(), rows, {}), told)
            out.flush()
            os.fsync(out.fileno())
    staged.replace(target)
    return manifest


def restore(source: Path, url: str, files: FileStore, secret: bytes, *, progress: Progress | None = None) -> Manifest:
    """Put a backup where there is nothing yet. Raises Refused where there is something, Broken where the backup is not as it was written.

    Everything is read and compared before the first byte is put in place.
    """
    told = progress or _silent
    database = connect(url)
    try:
        _refuse_occupied(database, files)
        near = Path(database.url.database).parent if database.dialect == "sqlite" and database.url.database else source.parent
        near.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=near, prefix=".didimdol-restore-") as folder:
            told("백업 확인", 0, 1)
            manifest = _unpack(source, secret, Path(folder))
            told("백업 확인", 1, 1)
            if manifest.dialect != database.dialect:
                raise Refused(f"이 백업은 {manifest.dialect} 데이터베이스의 것입니다.")
            names = [name for name in manifest.parts if name.startswith(_FILES)]
            for done, name in enumerate(names, 1):
                files.put(name.removeprefix(_FILES), (Path(folder) / name).read_bytes())
                told("첨부파일", done, len(names))
            _place(database, Path(folder) / _DATABASE)
        with database.read() as connection:
            if _count(connection) != manifest.rows:
                raise Broken("되돌린 내용의 행 수가 백업과 다릅니다.")
    finally:
        database.dispose()
    return manifest


def _copy(database: Database, copy: Path) -> tuple[dict[str, int], list[str]]:
    """Copy the database; return rows per table and the names of the files it knows."""
    if database.dialect == "postgresql":
        _run("pg_dump", "--format=custom", f"--file={copy}", database=database)
        with database.read() as connection:
            return _dumped_rows(copy), _names(connection)
    if database.memory:
        raise Refused("메모리 데이터베이스는 백업하지 않습니다.")
    source, made = sqlite.connect(str(database.url.database)), sqlite.connect(copy)
    try:
        source.backup(made)  # all pages in one step: one consistent state, and writers go on
        sound = made.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and not made.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        source.close()
        made.close()
    if not sound:
        raise Broken("데이터베이스가 온전하지 않습니다. didimdol verify로 확인하세요.")
    copied = connect(f"sqlite:///{copy}")
    try:
        with copied.read() as connection:
            return _count(connection), _names(connection)
    finally:
        copied.dispose()
        for left in ("-wal", "-shm"):
            copy.with_name(copy.name + left).unlink(missing_ok=True)


def _write(out: Any, secret: bytes, copy: Path, names: list[str], files: FileStore, begun: Manifest, told: Progress) -> Manifest:
    parts: dict[str, str] = {}
    vault = VaultWriter(out, secret)
    with tarfile.open(mode="w|", fileobj=vault) as bundle:
        parts[_DATABASE] = _digest(copy.open("rb"))
        bundle.add(copy, _DATABASE, filter=_plain)
        for done, name in enumerate(names, 1):
            with suppress(NotFound):  # a staged upload, dropped meanwhile
                content = files.get(name)
                parts[_FILES + name] = hashlib.sha256(content).hexdigest()
                _add(bundle, _FILES + name, content)
            told("첨부파일", done, len(names))
        manifest = Manifest(begun.dialect, begun.at, begun.rows, parts)
        held = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
        _add(bundle, _MANIFEST, json.dumps(held, ensure_ascii=False).encode())
    vault.finish()
    return manifest


def _unpack(source: Path, secret: bytes, folder: Path) -> Manifest:
    (folder / _FILES).mkdir()
    with source.open("rb") as stream:
        vault = VaultReader(stream, secret)
        try:
            with tarfile.open(mode="r|", fileobj=vault) as bundle:
                for entry in bundle:
                    _extract(bundle, entry, folder)
            while vault.read(1 << 20):  # whatever follows must be proven too
                pass
        except (tarfile.TarError, EOFError, OSError) as error:
            raise Broken("백업 파일이 손상되었습니다.") from error
    try:
        manifest = Manifest(**json.loads((folder / _MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise Broken("백업 파일이 손상되었습니다.") from error
    for name, digest in manifest.parts.items():
        path = folder / name
        if not path.is_file() or _digest(path.open("rb")) != digest:
            raise Broken("백업 파일이 손상되었습니다.")
    return manifest


def _extract(bundle: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    known = entry.name in (_DATABASE, _MANIFEST) or (entry.name.startswith(_FILES) and len(entry.name) == len(_FILES) + _ID_FORM)
    content = bundle.extractfile(entry) if known and entry.isfile() and ".." not in entry.name else None
    if content is None:
        raise Broken("백업 파일이 손상되었습니다.")
    with (folder / entry.name).open("wb") as out:
        shutil.copyfileobj(content, out, 1 << 20)


def _place(database: Database, copy: Path) -> None:
    if database.dialect == "postgresql":
        _run("pg_restore", "--exit-on-error", "--no-owner", "--single-transaction", str(copy), database=database)
        return
    database.dispose()
    target = Path(str(database.url.database))
    for left in ("", "-wal", "-shm"):
        target.with_name(target.name + left).unlink(missing_ok=True)
    with copy.open("rb") as made:
        os.fsync(made.fileno())
    copy.replace(target)


def _refuse_occupied(database: Database, files: FileStore) -> None:
    with database.read() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise Refused("되돌릴 곳의 데이터베이스가 비어 있지 않습니다. 새 데이터베이스를 정하세요.")
    if next(files.names(), None) is not None:
        raise Refused("되돌릴 곳의 첨부파일 폴더가 비어 있지 않습니다.")


def _count(connection: Any) -> dict[str, int]:
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables}


def _names(connection: Any) -> list[str]:
    return list(connection.execute(select(file.c.id).where(file.c.deleted_at.is_(None)).order_by(file.c.id)).scalars())


def _dumped_rows(copy: Path) -> dict[str, int]:
    """Count the rows of a PostgreSQL dump: the server may have gone on since."""
    rows: dict[str, int] = {}
    for line, table in _copy_lines(copy):
        if table:
            rows[table] = 0 if line is None else rows[table] + 1
    return {table.name: rows.get(table.name, 0) for table in metadata.sorted_tables}


def _copy_lines(copy: Path) -> Iterator[tuple[str | None, str]]:
    """Yield (None, table) where a table's data begins and (line, table) for each of its rows."""
    words = [_program("pg_restore"), "--data-only", "--file=-", str(copy)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8") as dump:  # noqa: S603 -- our own words
        assert dump.stdout
        table = ""
        for line in dump.stdout:
            if table and line == "\\.\n":
                table = ""
            elif table:
                yield line, table
            elif line.startswith("COPY "):
                table = line.split()[1].removeprefix("public.").strip('"')
                yield None, table


def _run(program: str, *words: str, database: Database) -> None:
    address = database.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGPASSWORD": database.url.password or ""}
    command = [_program(program), f"--dbname={address}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 -- our own words
    if done.returncode:
        raise Broken(f"{program}이(가) 실패했습니다: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(f"{name} 프로그램이 없습니다. PostgreSQL 클라이언트를 설치하세요.")
    return found


def _add(bundle: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    bundle.addfile(entry, io.BytesIO(content))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _digest(stream: Any) -> str:
    with stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _silent(_what: str, _done: int, _all: int) -> None:
    """Show nothing."""
