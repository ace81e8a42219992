"""Joining a Ray cluster, or starting one that nobody else can reach."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import Any

from glyphdata.engines.stopping import Stopped
from glyphdata.errors import InputError

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_REACH_S = 10.0
_TOKEN = secrets.token_hex(32)  # one for this process, since Ray reads it once
_OBJECTS = 80 * 1024 * 1024  # bytes; what crosses is small, and Ray takes no less


@contextmanager
def joined(address: str | None, cpus: int | None) -> Iterator[int]:
    """Be part of the cluster at `address`, or of a new one with `cpus`; gives how many CPUs it has.

    A new one listens on the loopback alone, wants a token that only this process and its workers
    know, has no dashboard, reports to nobody, and is gone at the end with its files. One that this
    process has joined already is used as it is. Meanwhile what is printed goes to stderr.
    `InputError` where there is no Ray, or no such cluster.
    """
    with ExitStack() as stack:
        alone = address is None
        stack.enter_context(_environment(_QUIET | (_private() if alone else {})))
        try:
            import ray
        except ImportError:
            raise InputError(
                "Ray is not installed", hint="pip install 'glyphdata[ray]', or --engine local"
            ).inside("--engine ray") from None
        if not ray.is_initialized():
            # What Ray remarks on lost workers it prints to stdout, where results belong.
            stack.enter_context(redirect_stdout(sys.stderr))
            with _own_signals():
                _join(address, cpus, stack)
        resources: dict[str, float] = ray.cluster_resources()
        yield max(1, int(resources.get("CPU", 1)))


def _join(address: str | None, cpus: int | None, stack: ExitStack) -> None:
    import ray

    how: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    if address is None:
        files = tempfile.mkdtemp(prefix="glyphdata-ray-")
        stack.callback(shutil.rmtree, files, ignore_errors=True)
        stack.callback(ray.shutdown)
        ray.init(
            address="local",
            num_cpus=cpus,
            include_dashboard=False,
            object_store_memory=_OBJECTS,
            _temp_dir=files,
            **how,
        )
        return
    _reach(address)
    stack.callback(ray.shutdown)
    try:
        ray.init(address=address, **how)
    except (ConnectionError, RuntimeError, ValueError) as fault:
        raise _not_there(address, fault) from None


def _reach(address: str) -> None:
    """`InputError` where nobody answers at `host:port`: Ray itself would try for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not (colon and port.isdecimal()):
        return  # `auto`, or what else Ray may know
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACH_S).close()
    except (OSError, OverflowError) as fault:
        raise _not_there(address, fault) from None


def _not_there(address: str, fault: Exception) -> InputError:
    said = str(fault).partition("\n")[0]
    return InputError(
        f"cannot join the Ray cluster at {address}: {said}",
        hint="`ray status` shows it; unset RAY_ADDRESS to use this machine alone",
    )


def _private() -> dict[str, str]:
    """What a cluster must find in its environment to keep to itself."""
    return {
        # Ray's own switch for machines that shall not be reached from others, read at its import.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": _TOKEN,  # else one is written to the home folder
    }


@contextmanager
def _environment(names: Mapping[str, str]) -> Iterator[None]:
    """Set these variables for Ray; at the end those of Ray are what they were, its own included."""
    before = {name: value for name, value in os.environ.items() if name.startswith("RAY_")}
    os.environ.update(names)
    try:
        yield
    finally:
        for name in [one for one in os.environ if one.startswith("RAY_")]:
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep our handlers: as it starts Ray puts its own for SIGTERM, which leaves the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except SystemExit as left:
        if left.code != signal.SIGTERM:
            raise
        raise Stopped(signal.SIGTERM) from None
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
