"""Chooses a few samples of every packet kind and writes them as text.

A file holds exchanges separated by empty lines: a comment that names the work, then one line per packet,
`> type hex` to the master, `< type hex` from it. A request with a message id and its answer make one exchange."""
import os
import struct

SAMPLES = 2
MAX_PAYLOAD = 16_000
REGISTER, REGISTER_REPLY, NOP = 400, 401, 0
ONE_WAY = {499, 700, 701, 710, 711}
PUSHES = {5, 702, 703, 706}


def kind_of(kind, payload, answer):
    """What tells apart uses of one request that deserve samples of their own."""
    body = payload[4:]
    if kind in (428, 430, 492, 424, 480):
        return body[{428: -13, 430: -1, 492: -1, 424: -1, 480: -17}[kind]]
    if kind in (464, 494, 496, 448):
        return body[{464: 4, 494: 20, 496: 4, 448: 9}[kind]]
    if kind == 416:
        return body[5 + body[4]]
    if kind == 410:
        groups = struct.unpack_from(">I", body, 9)[0]
        return body[13 + 4 * groups]
    if kind == 478:
        return (body[4] == 0, body[5 + body[4]])
    if kind in (440, 476):
        return (len(body), body[0] if len(body) in (5, 9) else 0)
    if kind in (406, 432, 434):
        return len(answer)
    return None


class Samples:
    def __init__(self):
        self.lines, self.counts, self.sizes = [], {}, {}

    def add(self, key, label, packets, samples=SAMPLES):
        size = tuple(len(p) for _, _, p in packets)
        seen = self.sizes.setdefault(key, set())
        if len(seen) >= samples or size in seen or any(len(p) > MAX_PAYLOAD for _, _, p in packets):
            return
        seen.add(size)
        self.lines.append("# " + label)
        self.lines += [f"{d} {k} {p.hex()}".rstrip() for d, k, p in packets]
        self.lines.append("")

    def write(self, path, title):
        if not self.lines:
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"# {title}\n\n" + "\n".join(self.lines[:-1]) + "\n")


def mount_connection(connection, samples):
    pending = {}
    register = []
    for direction, kind, payload, label in connection.packets:
        if kind in (REGISTER, REGISTER_REPLY):
            register.append((direction, kind, payload))
            if direction == "<":
                samples.add(("register", register[-2][2][64] if len(register) > 1 else 0, len(payload)), label, register)
                register = []
        elif direction == ">" and (kind in ONE_WAY or kind == NOP):
            samples.add((direction, kind), label, [(direction, kind, payload)])
        elif direction == "<" and (kind in PUSHES or kind == NOP):
            samples.add((direction, kind), label, [(direction, kind, payload)])
        elif direction == ">":
            pending[payload[:4]] = (kind, payload, label)
        else:
            request = pending.pop(payload[:4], None)
            if request is None:
                samples.add((direction, kind), label, [(direction, kind, payload)])
                continue
            outcome = payload[4] if len(payload) == 5 else "data"
            if kind == 705:
                outcome = "time"
            samples.add((request[0], kind_of(request[0], request[1], payload), outcome), request[2],
                        [(">", request[0], request[1]), ("<", kind, payload)])


def tool_connection(connection, samples):
    request = None
    for direction, kind, payload, label in connection.packets:
        if direction == ">":
            request = (kind, payload, label)
        elif request is not None:
            samples.add((request[0], request[1][:1] if len(request[1]) < 3 else b""), request[2],
                        [(">", request[0], request[1]), ("<", kind, payload)])
            request = None


def other_connection(connection, samples):
    for direction, kind, payload, label in connection.packets:
        key = (direction, kind, payload[:1] if kind in (100, 104, 50, 51, 52, 60) else b"")
        samples.add(key, label, [(direction, kind, payload)], 4 if kind in (100, 104) else SAMPLES)


def write_all(connections, master, peer, folder):
    mount, cli, chunkserver, metalogger = Samples(), Samples(), Samples(), Samples()
    for connection in connections:
        if not connection.packets:
            continue
        if connection.port == 9421:
            if connection.packets[0][1] == REGISTER:
                mount_connection(connection, mount)
            else:
                tool_connection(connection, cli)
        else:
            other_connection(connection, chunkserver if connection.port == 9420 else metalogger)
    for samples, name in ((mount, "mfsmount"), (cli, "mfscli"), (chunkserver, "mfschunkserver"), (metalogger, "mfsmetalogger")):
        samples.write(os.path.join(folder, f"{name}-{peer}.mfsmaster-{master}.txt"), f"{name} {peer} with mfsmaster {master}")
