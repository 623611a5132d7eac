"""IPython's InteractiveShell without a kernel: all that it shows becomes a message.

The display machinery, tracebacks and the last expression's value are IPython's own.
"""

from __future__ import annotations

import base64
import builtins
import getpass
import json
import os
import signal
import sys
import types
import warnings
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from datalens_core.sandbox.embedded import wire
from datalens_core.sandbox.embedded.limits import Limits
from datalens_core.sandbox.embedded.magics import NO_SHELL, forget_errors, limit_magics
from datalens_core.sandbox.embedded.output import shortened
from datalens_core.sandbox.embedded.streams import BoxStream, Emit, OutputBudget

_NO_INPUT = "input() is not available: nobody can answer in the sandbox."
_ENVELOPE_BYTES = 65_536  # of a message, beside what it shows
_VALUE_CHARS = 20_000
_TRACEBACK_CHARS = 100_000


class BoxDisplayHook(DisplayHook):
    """Sends the value of the last expression."""

    shell: BoxShell

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.show(format_dict, main=True)

    def log_output(self, format_dict: Any) -> None:
        pass

    def update_user_ns(self, result: Any) -> None:
        # With cache_size=0 IPython keeps no `_`; Out[n] would keep every frame alive.
        self.shell.user_ns["_"] = result

    def finish_displayhook(self) -> None:
        pass


class BoxDisplayPublisher(DisplayPublisher):
    """Sends what display(), fig.show() and pyplot publish."""

    shell: BoxShell

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        self.shell.show(data, main=False)

    def clear_output(self, wait: bool = False) -> None:
        pass


class BoxShell(InteractiveShell):
    """The shell of one box. Until `attach`, what it shows is thrown away."""

    # These two carry no config tag in IPython: they must be set on the class.
    displayhook_class = Type(BoxDisplayHook)
    display_pub_class = Type(BoxDisplayPublisher)

    emit = AnyTrait()
    limits = AnyTrait()

    def init_sys_modules(self) -> None:
        pass

    def init_virtualenv(self) -> None:
        pass

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def system(self, cmd: object) -> NoReturn:
        __tracebackhide__ = True  # IPython leaves this frame out
        raise OSError(NO_SHELL)

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> NoReturn:
        __tracebackhide__ = True  # IPython leaves this frame out
        raise OSError(NO_SHELL)

    def ask_exit(self) -> NoReturn:
        raise SystemExit

    def show(self, data: dict[str, Any], *, main: bool) -> None:
        """Send a MIME bundle; representations over the execution's budget are left out, and said.

        Binary representations travel as base64.
        """
        self._flush()
        bundle: dict[str, Any] = {}
        room = self.limits.message_bytes - _ENVELOPE_BYTES
        for mime, value in data.items():
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode("ascii")
            text = json.dumps(value, default=str).encode("ascii")
            weight = wire.weight(text)
            if len(text) > room or weight > self._result_bytes_left:
                self.emit({"type": "stderr", "text": self._left_out(mime, len(text))})
                continue
            room -= len(text)
            self._result_bytes_left -= weight
            bundle[mime] = value
        if bundle:
            self.emit({"type": "result", "main": main, "data": bundle})

    def _left_out(self, mime: str, size: int) -> str:
        one, all_of_them = self.limits.message_bytes >> 20, self.limits.result_bytes >> 20
        return (
            f"[a result of type {mime} with {size / 1e6:.1f} MB was left out: one result may have "
            f"{one} MB, all of an execution {all_of_them} MB]\n"
        )

    def _showtraceback(self, etype: type, evalue: Any, stb: list[str]) -> None:
        self._flush()
        try:
            value = str(evalue)
        except Exception:  # foreign code: an exception may fail to describe itself
            value = "<the exception cannot be shown>"
        self.emit(
            {
                "type": "error",
                "name": etype.__name__,
                "value": shortened(value, _VALUE_CHARS),
                "traceback": shortened("\n".join(stb), _TRACEBACK_CHARS),
            }
        )

    def show_usage_error(self, exc: BaseException) -> None:
        # IPython prints these on stderr, and the cell would look as if it had worked.
        self._showtraceback(type(exc), exc, [f"{type(exc).__name__}: {exc}"])

    def attach(self, emit: Emit, limits: Limits) -> None:
        """Point the shell at its box's channel. Call once, in the child."""
        self.emit = emit
        self.limits = limits
        self._budget = OutputBudget(limits.text_chars)
        self._streams = (
            BoxStream("stdout", emit, self._budget),
            BoxStream("stderr", emit, self._budget),
        )
        sys.stdout, sys.stderr = self._streams
        alike: Any = self  # of another signature
        os.system = alike.system
        builtins.input = _no_input
        getpass.getpass = _no_input
        self._running = False
        self._result_bytes_left = limits.result_bytes

    def run(self, code: str, env: dict[str, str]) -> int:
        """Run one cell; what happens is emitted. Gives the execution count."""
        signal.signal(signal.SIGINT, self._on_interrupt)
        self._budget.renew()
        self._result_bytes_left = self.limits.result_bytes
        kept = {name: os.environ.get(name) for name in env}
        os.environ.update(env)
        self._running = True
        try:
            self.run_cell(code, store_history=True)  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:  # it fell between the cell and IPython's own handling
            self._showtraceback(KeyboardInterrupt, "", [])
        finally:
            self._running = False
            sys.stdout, sys.stderr = self._streams
            self._flush()
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
        return int(self.execution_count) - 1

    def _on_interrupt(self, number: int, frame: types.FrameType | None) -> None:
        # Only a cell is interrupted: outside of one, the loop must go on. `emit.defer` keeps a
        # message that is on its way from being torn in two.
        if self._running and not self.emit.defer_interrupt():
            raise KeyboardInterrupt

    def _flush(self) -> None:
        for stream in self._streams:
            stream.flush()


class _Nowhere:
    """The channel of a shell that is being warmed up."""

    def __call__(self, message: dict[str, Any]) -> None:
        pass

    def defer_interrupt(self) -> bool:
        return False


def make_shell(namespace: dict[str, Any], limits: Limits) -> BoxShell:
    """A shell for the zygote: made, warmed and reset once, inherited by every box."""
    config = Config()
    config.HistoryManager.enabled = False  # no sqlite file, no thread
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.color_info = False
    config.InteractiveShell.xmode = "Context"
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.history_length = 0
    config.InteractiveShell.history_load_length = 0
    config.InteractiveShell.enable_tip = False
    config.InteractiveShell.banner1 = ""
    config.InteractiveShell.autoindent = False
    shell = BoxShell.instance(config=config, user_ns=dict(namespace))
    limit_magics(shell)
    _show_figures(shell)
    stdout, stderr = sys.stdout, sys.stderr
    shell.attach(_Nowhere(), limits)
    # Nothing that prints: a stream's first piece starts a thread, and the zygote must have none.
    for cell in ("1 + 1", "pd.DataFrame({'a': [1]})", "1 / 0"):
        shell.run_cell(cell, store_history=True)  # type: ignore[no-untyped-call]
    shell._flush()
    sys.stdout, sys.stderr = stdout, stderr
    forget_errors()
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]
    shell.user_ns.update(namespace)
    shell.execution_count = 1
    warnings.filterwarnings("ignore", message="To exit: use")
    return shell


def _show_figures(shell: BoxShell) -> None:
    """Have pyplot's open figures shown as PNG at the end of each cell."""
    from IPython.core.pylabtools import activate_matplotlib
    from matplotlib_inline.backend_inline import configure_inline_support

    backend = "module://matplotlib_inline.backend_inline"
    activate_matplotlib(backend)  # type: ignore[no-untyped-call]
    configure_inline_support(shell, backend)  # type: ignore[no-untyped-call]


def _no_input(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError(_NO_INPUT)
