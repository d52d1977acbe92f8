"""Bytes on the wire: requests written by hand and every answer that comes back, for shapes no HTTP library would send."""
import json
import socket
import time


class Answer:
    """One response, as it was on the wire."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
        self.body = body

    def header(self, name):
        return next((value for each, value in self.fields if each.lower() == name.lower()), None)

    @property
    def code(self):
        """The problem's code; the status where the answer is none, or is libmicrohttpd's own page."""
        return json.loads(self.body)["code"] if self.header("Content-Type") == "application/problem+json" else self.status


def connect(address):
    """address: HOST:PORT or unix:/path, as in server.listen."""
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address[5:])
        return connection
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)))


def next_answer(data, head_only=False):
    """The first whole answer in data and what follows it; None while it is not whole."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        return None, data
    answer = Answer(head, b"")
    length = 0 if head_only or answer.status in (100, 204, 304) else int(answer.header("Content-Length") or 0)
    if len(rest) < length:
        return None, data
    answer.body = rest[:length]
    return answer, rest[length:]


def exchange(address, data, answers=None, wait=3.0, head_only=False):
    """Sends data and reads until the other side closes or so many answers have come. Returns them and whether it was closed."""
    found, rest, closed, until = [], b"", False, time.monotonic() + wait
    with connect(address) as connection:
        connection.settimeout(wait)
        try:
            for piece in [data] if isinstance(data, bytes) else data:
                connection.sendall(piece)
        except OSError:
            pass  # closed while we were still speaking: what it said first can be read all the same
        while not closed and (answers is None or len(found) < answers) and time.monotonic() < until:
            try:
                piece = connection.recv(65536)
            except TimeoutError:
                break
            except OSError:
                piece = b""
            closed, rest = not piece, rest + piece
            answer, rest = next_answer(rest, head_only)
            while answer:
                found.append(answer)
                answer, rest = next_answer(rest, head_only)
    return found, closed


def request(method="GET", target="/livez", *fields, body=b"", host="a", version="HTTP/1.1"):
    """Bytes of a request; fields are whole lines. The length of a body is the caller's to tell."""
    text = lambda each: each if isinstance(each, bytes) else each.encode()
    lines = [b" ".join([text(method), text(target), text(version)])]
    lines += ([b"Host: " + text(host)] if host is not None else []) + [text(field) for field in fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + text(body)
