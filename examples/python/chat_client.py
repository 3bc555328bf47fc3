#!/usr/bin/env python3
"""A complete client of the chat's WebSocket protocol v2: every message once and in order, every text stored once.

Needs Python 3.9 and the package websockets 10.4, or newer. The protocol is described in docs/protocol.md.
"""
from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import threading
import uuid
from collections import deque
from contextlib import suppress
from typing import Any, Callable
from urllib.request import Request, urlopen

import websockets
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

Frame = dict[str, Any]

SILENCE_SECONDS = 15  # Silence before a ping, and again before the connection counts as dead.
LONGEST_WAIT_SECONDS = 30.0


class Refused(Exception):
    """The server will never accept this message, or this client."""


class Chat:
    """Owns the place in the feed and the messages that are not acknowledged, over any number of connections."""

    def __init__(self, server: str, username: str, on_message: Callable[[Frame], None],
                 after: int | None = None, token: str | None = None) -> None:
        self.after = after  # Id of the last message handled. Store it together with the messages to resume later.
        self._server, self._username, self._token, self._on_message = server.rstrip("/"), username, token, on_message
        self._after_change: int | None = None
        self._epoch = ""
        self._outbox: deque[tuple[Frame, asyncio.Future[int]]] = deque()  # The first is in flight.
        self._socket: Any = None
        self._failures, self._wait = 0, 0.0

    async def send(self, text: str) -> int:
        """Returns the id once the message is durable, over as many connections as that takes; raises Refused."""
        # The idempotency key: the server stores the message once, however often it is sent.
        frame = {"type": "chat_message", "client_id": str(uuid.uuid4()), "message": text}
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._outbox.append((frame, done))
        if len(self._outbox) == 1:
            await self._send_first()
        return await done

    async def run(self) -> None:
        """Stays connected until it is cancelled or refused."""
        url = self._server.replace("http", "ws", 1) + "/ws"
        while True:
            # Full jitter: clients that lost the same server do not return at the same moment.
            self._wait = random.uniform(0, min(LONGEST_WAIT_SECONDS, 0.5 * 2 ** min(self._failures, 10)))
            try:
                async with websockets.connect(url, subprotocols=[Subprotocol("chat.v2")], max_size=None) as socket:
                    await self._converse(socket)
            except ConnectionClosed as closed:
                self._closed(closed.rcvd.code if closed.rcvd else 1006, closed.rcvd.reason if closed.rcvd else "")
            except (OSError, WebSocketException, asyncio.TimeoutError) as error:
                print(f"not connected: {error}", file=sys.stderr)
            finally:
                self._socket = None
            self._failures += 1
            await asyncio.sleep(self._wait)

    def _closed(self, code: int, reason: str) -> None:
        print(f"closed with {code} {reason}", file=sys.stderr)
        if code in (4401, 4403) or (code == 1008 and reason == "origin not allowed"):
            raise Refused(f"{code} {reason}")
        if code in (1008, 4009):
            self._wait = random.uniform(LONGEST_WAIT_SECONDS / 2, LONGEST_WAIT_SECONDS)
        if code == 1009 and self._outbox:
            self._settle(Refused("the message is too large"))

    async def _converse(self, socket: Any) -> None:
        hello = {"type": "hello", "username": self._username, "after": self.after, "epoch": self._epoch,
                 "after_change": self._after_change, "token": self._token}
        await socket.send(json.dumps({key: value for key, value in hello.items() if value is not None}))
        self._socket = socket
        await self._send_first()
        while True:
            await self._handle(json.loads(await self._receive(socket)))

    async def _receive(self, socket: Any) -> str:
        try:
            return await asyncio.wait_for(socket.recv(), SILENCE_SECONDS)
        except asyncio.TimeoutError:
            await socket.send('{"type":"ping"}')
            return await asyncio.wait_for(socket.recv(), SILENCE_SECONDS)

    async def _handle(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "welcome":
            is_other = self._epoch != "" and frame.get("epoch", self._epoch) != self._epoch
            if is_other or self.after is None or frame["last_id"] < self.after:
                # The database was replaced, or lost its newest messages: their ids are assigned again.
                self.after, self._after_change = frame["last_id"], None
            self._epoch = frame.get("epoch", "")
        elif kind == "chat_message":
            self._deliver(frame)
        elif kind == "message_changed":
            self._after_change = frame["change_id"]
            self._on_message(frame)
        elif kind == "gap":
            await self._fetch_up_to(frame["to"])  # Frames after the gap are read afterwards.
        elif kind in ("pong", "replayed"):
            if frame["last_id"] != self.after:
                raise ConnectionError(f"sent up to {frame['last_id']}, received up to {self.after}")
            self._after_change = frame.get("last_change_id", self._after_change)
            self._failures = 0
        elif kind == "going_away":
            self._wait = frame["reconnect_after_ms"] / 1000
        elif kind in ("ack", "error"):
            await self._answered(frame)

    async def _answered(self, frame: Frame) -> None:
        if frame["type"] == "error":
            print(f"{frame['code']}: {frame['message']}", file=sys.stderr)
        if not self._outbox or frame.get("client_id") != self._outbox[0][0]["client_id"]:
            return
        if frame.get("code") in ("RATE_LIMITED", "SERVICE_UNAVAILABLE", "INTERNAL_ERROR"):
            # Not stored: resend later, and keep reading frames meanwhile.
            loop, wait = asyncio.get_running_loop(), frame.get("retry_after_ms", 1000) / 1000
            loop.call_later(wait, lambda: loop.create_task(self._send_first()))
        else:
            self._settle(frame["id"] if frame["type"] == "ack" else Refused(f"{frame['code']}: {frame['message']}"))
            await self._send_first()

    def _settle(self, outcome: int | Refused) -> None:
        _, done = self._outbox.popleft()
        if not done.done():  # Otherwise the caller of send() was cancelled.
            done.set_exception(outcome) if isinstance(outcome, Refused) else done.set_result(outcome)

    async def _send_first(self) -> None:
        if self._socket is not None and self._outbox:
            with suppress(ConnectionClosed):  # Unknown outcome: resent on the next connection.
                await self._socket.send(json.dumps(self._outbox[0][0]))

    async def _fetch_up_to(self, last: int) -> None:
        while self.after is not None and self.after < last:
            path = f"/api/messages?after={self.after}&limit={min(1000, last - self.after)}&view=full"
            headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
            page = await asyncio.to_thread(_fetch, Request(self._server + path, headers=headers))
            if not page["messages"]:
                raise ConnectionError(f"the server has no message {self.after + 1}")
            for message in page["messages"]:
                self._deliver({"type": "chat_message", **message})

    def _deliver(self, message: Frame) -> None:
        if self.after is not None and message["id"] != self.after + 1:
            raise ConnectionError(f"{message['id']} does not follow {self.after}")
        self._on_message(message)
        self.after = message["id"]


def _fetch(request: Request) -> Any:
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _send_lines(chat: Chat, loop: asyncio.AbstractEventLoop) -> None:
    for line in sys.stdin:
        try:
            stored = asyncio.run_coroutine_threadsafe(chat.send(line.rstrip("\n")), loop).result()
            print(f"stored as {stored}", file=sys.stderr)
        except Refused as error:
            print(f"refused: {error}", file=sys.stderr)


async def main() -> None:
    parser = argparse.ArgumentParser(description="Sends lines to the chat and prints what is said as JSON lines.")
    parser.add_argument("server", help="such as http://localhost:8000")
    parser.add_argument("username")
    parser.add_argument("--after", type=int, help="id of the last message seen; 0: everything; default: the newest")
    given = parser.parse_args()
    # JSON in ASCII: a message may contain control sequences for terminals.
    chat = Chat(given.server, given.username, lambda message: print(json.dumps(message), flush=True),
                given.after, os.environ.get("CHAT_TOKEN"))
    # A daemon thread: Python would otherwise wait for the blocked read at exit.
    threading.Thread(target=_send_lines, args=(chat, asyncio.get_running_loop()), daemon=True).start()
    await chat.run()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (KeyboardInterrupt, Refused) as end:
        sys.exit(str(end) or 130)
