"""A local OpenAI-compatible server that counts what it is asked and misbehaves on request."""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

GOOD = "ok"
THOUGHT = "Let me see. It could be either."
UNPAID_FAULTS = ("500", "502", "503", "rate_limited")
CUT_FAULTS = ("reset", "half", "504")
PAID_FAULTS = ("html", "no_choices", "bad_json", "null_content", "length", "content_filter")
REPLIES: dict[str, tuple[int, str]] = {
    "500": (500, '{"error": {"message": "boom"}}'),
    "502": (502, "<html>Bad gateway</html>"),
    "503": (503, '{"error": {"message": "overloaded"}}'),
    "504": (504, "<html>Gateway time-out</html>"),
    "rate_limited": (429, '{"error": {"code": "rate_limit_exceeded", "message": "slow down"}}'),
    "quota": (429, '{"error": {"code": "insufficient_quota", "message": "You are out of money"}}'),
    "401": (401, '{"error": {"code": "invalid_api_key", "message": "Wrong key"}}'),
    "403": (403, '{"error": {"message": "Not for you"}}'),
    "404": (404, '{"error": {"message": "No such model"}}'),
    "400": (400, '{"error": {"code": "context_length_exceeded", "message": "Too long"}}'),
    "redirect": (302, ""),
    "err200-429": (200, '{"error": {"message": "Slow down, please", "code": 429}}'),
    "flat-400": (400, '{"object": "error", "message": "Prompt is odd", "code": 400}'),
    "flat-404": (404, '{"object": "error", "message": "No model fake here", "code": 404}'),
    "html": (200, "<html><body>Please log in to the network</body></html>"),
    "no_choices": (200, '{"id": "x", "choices": []}'),
    "bad_json": (200, '{"id": "x", "choices": [{"message": '),
    "null_content": (
        200,
        '{"choices": [{"message": {"content": null}, "finish_reason": "stop"}]}',
    ),
}
SHAPES: dict[str, dict[str, Any]] = {  # what the message of a good reply may look like
    "think": {"content": f"<think>{THOUGHT}</think>\n\nTEXT"},
    "think-close": {"content": f"{THOUGHT}\n</think>\n\nTEXT"},
    "think-open": {"content": f"<think>{THOUGHT} And then"},
    "reasoning-only": {"content": "", "reasoning_content": THOUGHT},
    "reasoning-only-null": {"content": None, "reasoning": THOUGHT},
    "reasoning-length": {"content": "", "reasoning_content": THOUGHT},
    "parts": {"content": [{"type": "text", "text": "TEXT"}]},
    "parts-two": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]},
            {"type": "text", "text": "TEXT"},
            {"type": "text", "text": " Indeed."},
        ]
    },
    "usage-zero": {"content": "TEXT"},
    "sse": {"content": "TEXT"},
}
STREAM_ONLY = (400, '{"error": {"message": "This model takes streamed calls only"}}')


@dataclass
class Seen:
    """One request for a completion as the server saw it."""

    number: int
    prompt: str
    at: float
    fault: str
    headers: dict[str, str]
    parameters: dict[str, Any]


@dataclass
class FakeTeacher:
    """The server. `faults` gives each request's fault, by its number from 1 on."""

    faults: Callable[[int], str] = lambda _number: GOOD
    latency: float = 0.0
    retry_after: str | None = None
    seen: list[Seen] = field(default_factory=list)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    keep_prompts: bool = True
    looks_until_done: int = 1
    refuses: tuple[str, ...] = ()  # parameters that the model does not take
    refuses_as: str = "openai"  # the layout in which it says so: openai, fastapi or flat
    only_streams: bool = False
    replies: Mapping[str, tuple[int, str]] = field(default_factory=lambda: dict(REPLIES))
    port: int = 0
    count: int = 0
    by_fault: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    answer: Callable[[str], str] = lambda prompt: f"Because of fact {len(prompt)}, it follows."
    # how likely it finds each next token, told as `logprobs` of its first one; None: not told
    probabilities: Callable[[str], Mapping[str, float]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split("\r\n")[0].split(" ")
        headers = {
            name.lower(): value
            for name, value in re.findall(r"^([\w-]+): (.*)\r$", head, re.MULTILINE)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if path.endswith("/chat/completions"):
            return await self._complete(body, headers, writer)
        status, reply = self._other(method, path, headers, body)
        await self._send(writer, status, reply)
        return True

    async def _complete(
        self, body: bytes, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        self.count += 1
        asked = json.loads(body)
        refusal = self._refusal(asked)
        fault = "unsupported" if refusal else self.faults(self.count)
        self.by_fault[fault] += 1
        prompt = "\n".join(one["content"] for one in asked.pop("messages"))
        if self.keep_prompts:
            at = asyncio.get_running_loop().time()
            self.seen.append(Seen(self.count, prompt, at, fault, headers, asked))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
            if refusal:
                status = 422 if self.refuses_as == "fastapi" else 400
                await self._send(writer, status, json.dumps(refusal).encode())
                return True
            if self.only_streams:
                streamed = bool(asked.get("stream"))
                status, text = (200, self._streamed(prompt)) if streamed else STREAM_ONLY
                await self._send(writer, status, text.encode())
                return True
            return await self._reply(fault, prompt, writer)
        finally:
            self.in_flight -= 1

    def _refusal(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what says that a parameter is not taken; None when all are."""
        name = next((one for one in self.refuses if one in asked), None)
        if name is None:
            return None
        if self.refuses_as == "fastapi":
            said = "Extra inputs are not permitted"
            return {"detail": [{"type": "extra_forbidden", "loc": ["body", name], "msg": said}]}
        if self.refuses_as == "flat":
            said = f"{name} is not supported by this model"
            return {"object": "error", "message": said, "type": "BadRequestError", "code": 400}
        return {"error": {"code": "unsupported_parameter", "param": name, "message": "Not here"}}

    def _streamed(self, prompt: str) -> str:
        """Return a good reply as events, its text in pieces."""
        text = self.answer(prompt)
        deltas = [
            {"role": "assistant"},
            *({"content": sign} for sign in re.findall(r".{1,7}", text)),
        ]
        events: list[dict[str, Any]] = [
            {"choices": [{"index": 0, "delta": delta}]} for delta in deltas
        ]
        events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        events.append({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20}})
        lines = [f"data: {json.dumps(event)}\n\n" for event in events]
        return "".join([": ping\n\n", *lines, "data: [DONE]\n\n"])

    async def _reply(self, fault: str, prompt: str, writer: asyncio.StreamWriter) -> bool:
        if fault == "reset":
            writer.transport.abort()
            return False
        if fault in ("half", "drip"):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
            await writer.drain()
            while fault == "drip":
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
            return False
        status, text = self.replies.get(fault, (200, ""))
        if fault == "sse":
            text = self._streamed(prompt)
        if not text and status == 200:
            text = json.dumps(self.completion(fault, prompt))
        extra = ""
        if fault == "redirect":
            extra = f"location: http://127.0.0.1:{self.port}/v1/elsewhere/chat/completions\r\n"
        elif fault == "rate_limited" and self.retry_after is not None:
            extra = f"retry-after: {self.retry_after}\r\n"
        await self._send(writer, status, text.encode(), extra)
        return True

    def completion(self, fault: str, prompt: str) -> dict[str, Any]:
        """Return a chat completion in OpenAI's layout."""
        message: dict[str, Any] = {"role": "assistant", "content": self.answer(prompt)}
        if fault in SHAPES:
            shape = json.dumps(SHAPES[fault]).replace("TEXT", self.answer(prompt))
            message = {"role": "assistant", **json.loads(shape)}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        if fault == "usage-zero":
            usage = dict.fromkeys(usage, 0)
        finish = {
            "reasoning-length": "length",
            "length": "length",
            "content_filter": "content_filter",
        }.get(fault, "stop")
        if fault == "refusal":
            message = {"role": "assistant", "content": None, "refusal": "I cannot say that."}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        if self.probabilities is not None:
            told = self.probabilities(prompt)
            top = [{"token": token, "logprob": math.log(told[token])} for token in told]
            first = max(top, key=lambda token: float(str(token["logprob"])))
            choice["logprobs"] = {"content": [first | {"top_logprobs": top}]}
        return {
            "id": f"chatcmpl-{self.count}",
            "object": "chat.completion",
            "choices": [choice],
            "usage": usage,
        }

    async def _send(
        self, writer: asyncio.StreamWriter, status: int, body: bytes, extra: str = ""
    ) -> None:
        kind = "text/html" if body[:1] == b"<" else "application/json"
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{head}{extra}\r\n".encode() + body)
        await writer.drain()

    def _other(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Answer the paths of files and batches."""
        where = path.removeprefix("/v1").split("?")[0]
        if (method, where) == ("POST", "/files"):
            return self._json(self._take_file(headers, body))
        if (method, where) == ("POST", "/batches"):
            return self._json(self._start_batch(json.loads(body)))
        if (method, where) == ("GET", "/batches"):
            return self._json({"object": "list", "data": list(self.batches.values())})
        if where.startswith("/batches/"):
            batch = self.batches.get(where.split("/")[2])
            if batch is None:
                return 404, b'{"error": {"message": "no such batch"}}'
            if where.endswith("/cancel"):
                batch["status"] = "cancelled"
            elif batch["status"] == "in_progress" and self.looks_until_done <= 0:
                self._finish_batch(batch)
            self.looks_until_done -= 1
            return self._json(batch)
        if method == "GET" and where.startswith("/files/"):
            return 200, self.files[where.split("/")[2]]
        return 404, b'{"error": {"message": "no such path"}}'

    def _json(self, content: dict[str, Any]) -> tuple[int, bytes]:
        return 200, json.dumps(content).encode()

    def _take_file(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        boundary = headers["content-type"].split("boundary=")[1].encode()
        part = next(one for one in body.split(b"--" + boundary) if b"filename=" in one)
        content = part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
        return self._keep_file(content)

    def _keep_file(self, content: bytes) -> dict[str, Any]:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return {
            "id": name,
            "object": "file",
            "bytes": len(content),
            "created_at": 0,
            "filename": "requests.jsonl",
            "purpose": "batch",
            "status": "processed",
        }

    def _start_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = f"batch-{len(self.batches) + 1}"
        requests = self.files[asked["input_file_id"]].decode().splitlines()
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": asked["endpoint"],
            "completion_window": asked["completion_window"],
            "created_at": 0,
            "input_file_id": asked["input_file_id"],
            "metadata": asked.get("metadata"),
            "status": "in_progress",
            "request_counts": {"total": len(requests), "completed": 0, "failed": 0},
        }
        return self.batches[name]

    def _finish_batch(self, batch: dict[str, Any]) -> None:
        """Answer each request, by the faults: an unpaid one goes to the error file."""
        good: list[str] = []
        bad: list[str] = []
        for line in self.files[batch["input_file_id"]].decode().splitlines():
            request = json.loads(line)
            self.count += 1
            refusal = self._refusal(request["body"])
            fault = "unsupported" if refusal else self.faults(self.count)
            self.by_fault[fault] += 1
            prompt = request["body"]["messages"][-1]["content"]
            status, text = (400, "") if refusal else self.replies.get(fault, (200, ""))
            body = refusal or (json.loads(text) if text else self.completion(fault, prompt))
            result = {
                "custom_id": request["custom_id"],
                "response": {"status_code": status, "body": body},
                "error": None,
            }
            if fault != "no_line":
                (good if status == 200 else bad).append(json.dumps(result))
        good.reverse()  # results come in any order
        batch["status"] = "completed"
        batch["request_counts"] |= {"completed": len(good), "failed": len(bad)}
        if good:
            batch["output_file_id"] = self._keep_file("\n".join(good).encode())["id"]
        if bad:
            batch["error_file_id"] = self._keep_file("\n".join(bad).encode())["id"]


def in_order(*faults: str) -> Callable[[int], str]:
    """Return faults for the first requests, in this order; all later ones are good."""
    return lambda number: faults[number - 1] if number <= len(faults) else GOOD


def always(fault: str) -> Callable[[int], str]:
    return lambda _number: fault


def mixed(share: float, seed: int, faults: Iterable[str]) -> Callable[[int], str]:
    """Return a fault for this share of the requests, drawn anew for each."""
    kinds = list(faults)

    def draw(number: int) -> str:
        rng = random.Random(seed * 1_000_003 + number)
        return rng.choice(kinds) if rng.random() < share else GOOD

    return draw


@contextmanager
def serve(teacher: FakeTeacher) -> Iterator[FakeTeacher]:
    """Serve on a free loopback port, in a thread of its own, for as long as the block."""
    started = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(teacher.handle, "127.0.0.1", 0)
        teacher.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield teacher
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
