"""Outlook's .msg files, made up: a compound file ([MS-CFB]) with a mail's properties ([MS-OXMSG]).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR, _MINI = 512, 64

Tree = Mapping[str, "bytes | Tree"]


def msg(texts: Mapping[int, str], attachments: tuple[str, ...] = ()) -> bytes:
    """A mail with text properties by their ids (0x0037 the subject, 0x1000 the body, 0x007D the
    headers), and with attachments of these names."""
    tree: dict[str, bytes | Tree] = dict(_properties(texts, 32))
    for number, name in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = _properties({0x3707: name}, 8)
    return compound(tree)


def _properties(texts: Mapping[int, str], header: int) -> dict[str, bytes]:
    streams = {f"__substg1.0_{id:04X}001F": text.encode("utf-16-le") for id, text in texts.items()}
    entries = b"".join(
        struct.pack("<IIII", id << 16 | 0x001F, 6, len(text.encode("utf-16-le")) + 2, 0)
        for id, text in texts.items()
    )
    return {**streams, "__properties_version1.0": b"\0" * header + entries}


def compound(tree: Tree) -> bytes:
    """A compound file of version 3 whose streams are all short: they lie in the mini stream."""
    entries: list[list[object]] = []  # name, type, sibling, child, start, size
    mini, mini_fat = bytearray(), list[int]()

    def add(name: str, kind: int) -> int:
        entries.append([name, kind, _NONE, _NONE, 0, 0])
        return len(entries) - 1

    def fill(parent: int, held: Tree) -> None:
        before = None
        # The order of [MS-CFB] 2.6.4: shorter names first.
        for name in sorted(held, key=lambda one: (len(one), one.upper())):
            value = held[name]
            at = add(name, 2 if isinstance(value, bytes) else 1)
            if before is None:
                entries[parent][3] = at
            else:
                entries[before][2] = at
            before = at
            if isinstance(value, bytes):
                assert len(value) < 4096
                start, count = len(mini_fat), max(1, -(-len(value) // _MINI))
                mini.extend(value.ljust(count * _MINI, b"\0"))
                mini_fat.extend([*range(start + 1, start + count), _END])
                entries[at][4:] = [start, len(value)]
            else:
                fill(at, value)

    root = add("Root Entry", 5)
    fill(root, tree)
    folder = -(-len(entries) // 4)
    table = -(-len(mini_fat) // 128)
    body = -(-len(mini) // _SECTOR)
    entries[root][4:] = [1 + folder + table, len(mini)]
    fat = [_FAT]
    for count in (folder, table, body):
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
    assert len(fat) <= 128
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 1 + folder, table, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    sectors = [
        struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat))),
        b"".join(_entry(one) for one in entries).ljust(folder * _SECTOR, b"\0"),
        struct.pack(f"<{table * 128}I", *mini_fat, *[_FREE] * (table * 128 - len(mini_fat))),
        bytes(mini).ljust(body * _SECTOR, b"\0"),
    ]
    return head + b"".join(sectors)


def _entry(one: list[object]) -> bytes:
    name, kind, sibling, child, start, size = one
    coded = str(name).encode("utf-16-le")
    return (
        coded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(coded) + 2, kind, 1, _NONE, sibling, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )
