"""A TCP relay that cuts what passes into MooseFS packets and hands each to a callback."""
import asyncio
import struct
import threading

HEADER = 8


class Connection:
    """One relayed connection: packets in the order in which the relay saw them."""

    def __init__(self, port):
        self.port = port
        self.packets = []  # (direction '>' to master | '<' from master, type, payload, label)


class Relay:
    def __init__(self, listen_ip, target_ip, ports):
        self.listen_ip, self.target_ip, self.ports = listen_ip, target_ip, ports
        self.connections = []
        self.label = "start"
        self.refuse = {}  # port -> how many connections to close after their first packet
        self._writers = {}
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def _run(self, started):
        asyncio.set_event_loop(self._loop)
        for port in self.ports:
            self._loop.run_until_complete(
                asyncio.start_server(lambda r, w, p=port: self._accept(r, w, p), self.listen_ip, port))
        started.set()
        self._loop.run_forever()

    def drop(self, port):
        """Breaks every connection of a port, so that peers reconnect."""
        def close():
            for writer in self._writers.get(port, []):
                writer.close()
            self._writers[port] = []
        self._loop.call_soon_threadsafe(close)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _accept(self, reader, writer, port):
        if self.refuse.get(port, 0) > 0:
            self.refuse[port] -= 1
            await self._refuse(reader, writer, port)
            return
        try:
            up_reader, up_writer = await asyncio.open_connection(self.target_ip, port)
        except OSError:
            writer.close()
            return
        connection = Connection(port)
        self.connections.append(connection)
        self._writers.setdefault(port, []).extend([writer, up_writer])
        await asyncio.gather(
            self._pump(reader, up_writer, connection, ">"), self._pump(up_reader, writer, connection, "<"))

    async def _refuse(self, reader, writer, port):
        connection = Connection(port)
        kind, length = struct.unpack(">II", await reader.readexactly(HEADER))
        connection.packets.append((">", kind, await reader.readexactly(length), self.label))
        self.connections.append(connection)
        writer.close()

    async def _pump(self, reader, writer, connection, direction):
        buffer = bytearray()
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                buffer += data
                while len(buffer) >= HEADER:
                    kind, length = struct.unpack_from(">II", buffer)
                    if len(buffer) < HEADER + length:
                        break
                    payload = bytes(buffer[HEADER:HEADER + length])
                    del buffer[:HEADER + length]
                    connection.packets.append((direction, kind, payload, self.label))
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
