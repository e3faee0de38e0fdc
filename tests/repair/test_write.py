"""Files are written whole or not at all, keep mode and owner, and can be restored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clawdoctor.repair.backups import (
    NothingToUndoError,
    Written,
    last_repair,
    restore,
    state_folder,
    write_all,
)
from clawdoctor.repair.write import (
    CannotWriteError,
    check_writable,
    read_only_switch,
    replace_file,
)

FOLDER = "/the/project"


def written(path: Path, after: bytes) -> Written:
    return Written(str(path), path.read_bytes(), after)


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    replace_file(str(file), b"new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert file.stat().st_mode & 0o7777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("failing", ["fsync", "fchmod", "replace"])
def test_a_crash_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if failing == "replace" else os, failing, fails)
    with pytest.raises(CannotWriteError, match=r"a\.yaml cannot be written: No space left"):
        replace_file(str(file), b"new")
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def undone(state: Path, folder: str = FOLDER) -> tuple[str, ...]:
    backup = last_repair(state, folder)
    restore(backup)
    return tuple(file.path for file in backup.files)


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"1")
    second.write_bytes(b"2")
    real = Path.replace

    def fails(path: Path, target: Path) -> Path:
        if Path(target).name == "b":
            raise OSError(5, "Input/output error")
        return real(path, target)

    monkeypatch.setattr(Path, "replace", fails)
    state = tmp_path / "state"
    with pytest.raises(CannotWriteError):
        write_all([written(first, b"3"), written(second, b"4")], state, FOLDER)
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    with pytest.raises(NothingToUndoError):
        undone(state)


def test_backups_are_private_and_undo_restores_the_last_repair(tmp_path: Path) -> None:
    file, state = tmp_path / "a", tmp_path / "state" / "deep"
    file.write_bytes(b"1")
    write_all([written(file, b"2")], state, FOLDER)
    folder = write_all([written(file, b"3")], state, FOLDER)
    assert file.read_bytes() == b"3"
    modes = {path: path.stat().st_mode & 0o777 for path in (state, folder, *folder.iterdir())}
    assert set(modes.values()) == {0o700, 0o600}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())
    assert undone(state) == (str(file),)
    assert file.read_bytes() == b"2"
    assert undone(state) == (str(file),)
    assert file.read_bytes() == b"1"
    with pytest.raises(NothingToUndoError, match="there is no repair to undo"):
        undone(state)


def test_undo_refuses_all_files_if_one_has_changed(tmp_path: Path) -> None:
    first, second, state = tmp_path / "a", tmp_path / "b", tmp_path / "state"
    first.write_bytes(b"1")
    second.write_bytes(b"2")
    write_all([written(first, b"3"), written(second, b"4")], state, FOLDER)
    second.write_bytes(b"mine")
    with pytest.raises(NothingToUndoError, match=r"b has changed since the repair [(]its old"):
        undone(state)
    assert (first.read_bytes(), second.read_bytes()) == (b"3", b"mine")


def test_only_a_repair_in_this_folder_is_undone(tmp_path: Path) -> None:
    ours, theirs, shared, state = (tmp_path / name for name in ("a", "b", "c", "state"))
    for file in (ours, theirs, shared):
        file.write_bytes(b"1")
    write_all([written(ours, b"2")], state, "/here")
    write_all([written(theirs, b"2"), written(shared, b"2")], state, "/there")
    assert undone(state, "/here") == (str(ours),)
    with pytest.raises(NothingToUndoError, match="in /here; the last one was in /there"):
        undone(state, "/here")
    assert (theirs.read_bytes(), shared.read_bytes()) == (b"2", b"2")
    assert undone(state, "/there") == (str(theirs), str(shared))


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1")
    check_writable(str(file), str(file), b"1")
    with pytest.raises(CannotWriteError, match="has changed since it was read"):
        check_writable(str(file), str(file), b"0")


def test_a_link_is_followed_only_in_its_own_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "conf" / "real", tmp_path / "other"
    inside.parent.mkdir()
    inside.write_bytes(b"1")
    outside.write_bytes(b"1")
    link, leaving = tmp_path / "conf" / "link", tmp_path / "conf" / "leaving"
    link.symlink_to(inside)
    leaving.symlink_to(outside)
    check_writable(str(inside), str(link), b"1")
    with pytest.raises(CannotWriteError, match="is a link to"):
        check_writable(str(outside), str(leaving), b"1")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everything")
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1")
    file.chmod(0o400)
    with pytest.raises(CannotWriteError, match="is not writable"):
        check_writable(str(file), str(file), b"1")


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, None),
        ({"OPENCLAW_NIX_MODE": "1"}, "OPENCLAW_NIX_MODE"),
        ({"OPENCLAW_NIX_MODE": "0"}, None),
        ({"OPENCLAW_CONFIG_READONLY": "true"}, "OPENCLAW_CONFIG_READONLY"),
    ],
)
def test_the_switches_of_openclaw(environ: dict[str, str], name: str | None) -> None:
    assert read_only_switch(environ) == name


def test_the_state_folder() -> None:
    assert str(state_folder({}, "/home/u")) == "/home/u/.local/state/clawdoctor/backups"
    assert str(state_folder({"XDG_STATE_HOME": "/s"}, "/home/u")) == "/s/clawdoctor/backups"
    named = state_folder({"XDG_STATE_HOME": "relative"}, "/home/u")
    assert str(named) == "/home/u/.local/state/clawdoctor/backups"
