import os
import socket
import threading
from pathlib import Path

import pytest

from clawdoctor.source import read
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text


def written(folder: Path, content: bytes) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(content)
    return path


def refused(path: Path, limit: int = 1000) -> Unreadable:
    result = read_text(path, limit)
    assert isinstance(result, Unreadable)
    return result


def accepted(path: Path, limit: int = 1000) -> Text:
    result = read_text(path, limit)
    assert isinstance(result, Text), result
    return result


def test_text_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, "a: é😀\r\nb: 1\r".encode())
    assert accepted(path) == Text(str(path), "a: é😀\r\nb: 1\r")


def test_an_empty_file_is_text(tmp_path: Path) -> None:
    assert accepted(written(tmp_path, b"")).content == ""


def test_a_byte_order_mark_is_taken_off_and_remembered(tmp_path: Path) -> None:
    text = accepted(written(tmp_path, b"\xef\xbb\xbfa: 1"))
    assert text.content == "a: 1"
    assert text.bom
    assert not accepted(written(tmp_path, b"a: 1")).bom


def test_the_path_is_absolute_and_links_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, b"a")
    (tmp_path / "link.yaml").symlink_to("config.yaml")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert accepted(Path("../link.yaml")).path == str(tmp_path / "link.yaml")
    assert refused(Path("none.yaml")).path == str(tmp_path / "sub" / "none.yaml")


def test_missing(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    assert refused(path) == Unreadable(str(path), "missing", "not found")
    assert refused(written(tmp_path, b"") / "below-a-file").reason == "missing"
    (tmp_path / "dangling").symlink_to("none.yaml")
    assert refused(tmp_path / "dangling").reason == "missing"


def test_a_directory(tmp_path: Path) -> None:
    assert refused(tmp_path) == Unreadable(str(tmp_path), "directory", "is a directory")


@pytest.mark.parametrize("call", ["open", "stat"])
def test_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def deny(*arguments: object, **options: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, b"a: 1")
    with monkeypatch.context() as patch:  # root can read everything, so the error is simulated
        patch.setattr(os, "open", deny) if call == "open" else patch.setattr(Path, "stat", deny)
        result = read_text(path)
    assert result == Unreadable(str(path), "permission", "permission denied")


@pytest.mark.parametrize("kind", ["fifo", "socket", "device"])
def test_a_device_or_pipe_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = Path("/dev/null") if kind == "device" else Path("special")
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    if kind == "fifo":
        os.mkfifo(path)
    if kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    monkeypatch.setattr(os, "open", None)
    result = refused(path)
    assert (result.reason, result.message) == ("not-a-file", "is not a regular file")


def test_a_file_that_becomes_a_pipe_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b"a")
    opening = os.open

    def swap(name: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return opening(name, flags)

    monkeypatch.setattr(os, "open", swap)
    assert refused(path).reason == "not-a-file"


def test_a_pipe_of_this_process_is_read_to_its_end() -> None:
    receiver, sender = os.pipe()

    def send() -> None:
        for part in (b"a: 1\n", b"b: " + b"x" * 200_000):
            os.write(sender, part)
        os.close(sender)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        text = accepted(Path(f"/dev/fd/{receiver}"), 1_000_000)
    finally:
        thread.join()
        os.close(receiver)
    assert text.content == "a: 1\nb: " + "x" * 200_000
    assert text.path == f"/dev/fd/{receiver}"


def test_a_pipe_is_bounded_in_size_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_PIPE_SECONDS", 0.05)
    receiver, sender = os.pipe()
    try:
        os.write(sender, b"x" * 100)
        assert refused(Path(f"/proc/self/fd/{receiver}"), 10).reason == "too-large"
        endless = refused(Path(f"/dev/fd/{receiver}"))
    finally:
        os.close(receiver)
        os.close(sender)
    assert endless.reason == "error"
    assert endless.message == "cannot be read: no end of data within 0.05 seconds"


@pytest.mark.parametrize(
    ("limit", "named"),
    [(10, "10 bytes"), (2048, "2 KiB"), (2 * 1024 * 1024, "2 MiB")],
)
def test_too_large(tmp_path: Path, limit: int, named: str) -> None:
    assert len(accepted(written(tmp_path, b"x" * limit), limit).content) == limit
    result = refused(written(tmp_path, b"x" * (limit + 1)), limit)
    assert (result.reason, result.message) == ("too-large", f"is larger than {named}")


def test_the_limit_is_ten_mebibytes_and_no_more_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b"")
    os.truncate(path, 1 << 40)
    sizes: list[int] = []
    reading = os.read

    def count(descriptor: int, size: int) -> bytes:
        chunk = reading(descriptor, size)
        sizes.append(len(chunk))
        return chunk

    monkeypatch.setattr(os, "read", count)
    result = read_text(path)
    assert isinstance(result, Unreadable)
    assert result.message == "is larger than 16 MiB"
    assert sum(sizes) == 16 * 1024 * 1024 + 1


def test_binary(tmp_path: Path) -> None:
    result = refused(written(tmp_path, b"\x7fELF\x02\0\xff"))
    assert (result.reason, result.message) == (
        "binary",
        "is binary: it has a NUL byte at offset 5",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "is not UTF-8: invalid byte 0xff at line 1, column 1"),
        (b"a\r\n\nb: \xc3\xa9\xff", "is not UTF-8: invalid byte 0xff at line 3, column 5"),
        (b"\xef\xbb\xbfab\xe9 c", "is not UTF-8: invalid byte 0xe9 at line 1, column 3"),
        (b"a\n\xed\xa0\x80", "is not UTF-8: invalid byte 0xed at line 2, column 1"),
        (b"cut \xf0\x9f", "is not UTF-8: invalid byte 0xf0 at line 1, column 5"),
        ("a: 1".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"\xfe\xff\0a", "is UTF-16; save it as UTF-8"),
        ("a: 1".encode("utf-32"), "is UTF-32; save it as UTF-8"),
    ],
)
def test_other_encodings(tmp_path: Path, content: bytes, message: str) -> None:
    result = refused(written(tmp_path, content))
    assert (result.reason, result.message) == ("encoding", message)


def test_other_errors_quote_the_system(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    looped = refused(tmp_path / "loop")
    assert looped.reason == "error"
    assert looped.message.startswith("cannot be read: ")
    assert refused(tmp_path / ("x" * 300)).reason == "error"
    assert refused(tmp_path / "a\0b").message == "cannot be read"
