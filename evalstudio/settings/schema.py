"""Settings schema: one entry per setting.

The dialog, the command line's help and the reference page are generated from it. It does not import `Settings`,
which takes its ranges from here.
"""

from dataclasses import dataclass
from typing import Any

from evalstudio.core.errors import SettingsError
from evalstudio.core.strategy import MAXIMUM

AT_ONCE = "at once, also for runs in work that set no value of their own"
NEXT_START = "at the next start of the program"
ENGINE_START = "at the next start of the engine"
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `kind` is whole, number, choice, text, file, folder or rates; `low` and `high` bound numbers.

    `empty` is the label of no value (None, or an empty text); without it a value is required. `option`, `environment`
    and `definition` name other sources of a value: the command line, a variable, an evaluation's file.
    """

    key: str
    title: str
    section: str
    kind: str
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[tuple[str, str], ...] = ()  # value, label
    empty: str | None = None
    option: str = ""
    environment: str = ""
    definition: str = ""
    acts: str = AT_ONCE

    @property
    def range(self) -> str:
        """Describes the range: "1 to 10,000", or the possible choices; empty if any text is valid."""
        if self.choices:
            return ", ".join(value for value, _ in self.choices)
        if self.low is None or self.high is None:
            return ""
        return " to ".join(
            f"{end:,.0f}" if end == round(end) else f"{end:,g}" for end in (self.low, self.high)
        )

    def check(self, value: Any) -> None:
        """Raises SettingsError if a value is invalid."""
        if value is None or value == "":
            if self.empty is None:
                raise SettingsError(f"{self.title} needs a value.")
            return
        if self.choices and value not in [one for one, _ in self.choices]:
            raise SettingsError(f"{self.title} must be one of {self.range}; it is '{value}'.")
        if self.kind not in ("whole", "number"):
            return
        fits = isinstance(value, int) if self.kind == "whole" else isinstance(value, (int, float))
        assert self.low is not None
        assert self.high is not None
        if isinstance(value, bool) or not fits or not self.low <= value <= self.high:
            what = "a whole number" if self.kind == "whole" else "a number"
            raise SettingsError(
                f"{self.title} must be {what} from {self.range}{f' {self.unit}' if self.unit else ''}; it is {value!r}."
            )


SECTIONS = (
    ("Concurrency", "How many calls run at once."),
    ("Limits", "Requests and tokens per minute that an endpoint allows you. All runs on it share them."),
    ("Time-outs and retries", "How long to wait for an endpoint, and how often to try. Retry-After is honoured."),
    ("Budget", "What a run may cost."),
    ("Storage", "Where runs and their records are kept."),
    ("Appearance", "How the window looks."),
    ("Privacy", "What leaves this machine."),
    ("Interpreter", "The Python that runs the engine, and with it your own functions."),
)  # fmt: skip

PRIVACY = (
    "EvalStudio sends nothing about you or your work to anybody: no telemetry, no crash reports, no search for updates. "
    "Prompts go to the models that you choose, and nowhere else. API keys are kept in your system's keychain, in memory "
    "or in environment variables; they are never in these settings, in a workspace or in an export."
)

STRATEGIES = (
    ("automatic", "Automatic"),
    ("adaptive", "Adaptive"),
    ("sliding_window", "Sliding window"),
    ("sequential", "Sequential"),
)
THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))

FIELDS = (
    Field(
        "strategy", "Strategy", "Concurrency", "choice",
        "For runs that set none. Automatic: Adaptive; for a synchronous Python function, Sliding window with one call per "
        "worker.",
        choices=STRATEGIES, option="--strategy", definition="strategy",
    ),
    Field(
        "window", "Concurrency", "Concurrency", "whole",
        "Calls in flight of a run with the strategy Sliding window.",
        "calls", 1, MAXIMUM, option="--window", definition="strategy.max_concurrency",
    ),
    Field(
        "adaptive_min", "Adaptive minimum", "Concurrency", "whole",
        "The lowest concurrency that Adaptive uses.", "calls", 1, MAXIMUM, definition="strategy.min",
    ),
    Field(
        "adaptive_start", "Adaptive start", "Concurrency", "whole",
        "Where Adaptive begins. Automatic: by what earlier runs learned, else 4 for a Python function or a server on "
        "this machine or network and 12 for a hosted one.",
        "calls", 1, MAXIMUM, empty="automatic", definition="strategy.initial",
    ),
    Field(
        "adaptive_max", "Adaptive maximum", "Concurrency", "whole",
        "The highest concurrency that Adaptive uses.", "calls", 1, MAXIMUM, empty="the ceiling", definition="strategy.max",
    ),
    Field(
        "adaptive_p95", "Adaptive latency", "Concurrency", "number",
        "As fast as it goes while 95% of the calls take no longer than this.",
        "s", 0.01, 86_400, empty="any", option="--p95", definition="strategy.p95",
    ),
    Field(
        "adaptive_first_token_p95", "Adaptive first token", "Concurrency", "number",
        "As fast as it goes while 95% of the calls begin to answer within this. Needs streamed answers.",
        "s", 0.01, 86_400, empty="any", option="--first-token-p95", definition="strategy.first_token_p95",
    ),
    Field(
        "workers", "Worker count", "Concurrency", "whole",
        "Threads that run a synchronous Python function.",
        "threads", 1, MAXIMUM, option="--workers", definition="workers",
    ),
    Field(
        "processes", "Worker processes", "Concurrency", "whole",
        "Processes that run a synchronous Python function in place of threads: code that computes then uses every core. "
        "0: threads. With the threads of each, they take so many calls at once.",
        "processes", 0, 1000, option="--processes", definition="processes",
    ),
    Field(
        "threads_per_process", "Threads per process", "Concurrency", "whole",
        "Threads in each worker process.",
        "threads", 1, MAXIMUM, option="--threads-per-process", definition="threads_per_process",
    ),
    Field(
        "cluster", "Cluster", "Concurrency", "text",
        "A Dask scheduler that runs synchronous Python functions, in place of threads and processes: tcp://HOST:PORT, or "
        "local.",
        empty="none", option="--cluster", definition="cluster",
    ),
    Field(
        "ceiling", "Application limit", "Concurrency", "whole",
        "Max concurrency of all runs and judges together.",
        "calls", 1, MAXIMUM, option="--ceiling", environment="MAX_CONCURRENT_TASKS",
    ),
    Field(
        "rates", "Rates by endpoint", "Limits", "rates",
        "Requests and tokens of a provider, of one model (provider/name) or of a base URL; empty is no limit of your own. Calls are spread over the minute.",
        "a minute", definition="model.requests_per_minute, model.tokens_per_minute",
    ),
    Field(
        "connect", "Connect", "Time-outs and retries", "number",
        "Until the endpoint has accepted the connection.", "s", 0.1, DAY_S, definition="timeouts.connect",
    ),
    Field(
        "first_token", "First token", "Time-outs and retries", "number",
        "Until the first token of an answer that is streamed.", "s", 0.1, DAY_S, definition="timeouts.first_token",
    ),
    Field(
        "between_tokens", "Between tokens", "Time-outs and retries", "number",
        "From one token to the next of an answer that is streamed.", "s", 0.1, DAY_S, definition="timeouts.between_tokens",
    ),
    Field(
        "attempt", "One attempt", "Time-outs and retries", "number",
        "A whole call, from its start to the end of the answer.", "s", 0.1, DAY_S, definition="timeouts.attempt",
    ),
    Field(
        "sample", "One sample", "Time-outs and retries", "number",
        "All attempts of a sample together with the waits between them.", "s", 0.1, DAY_S,
        option="--sample-timeout", definition="timeouts.sample",
    ),
    Field(
        "attempts", "Attempts", "Time-outs and retries", "whole",
        "How often a sample is tried where the failure may pass: refused for its rate, overloaded, broken off.",
        "", 1, 1000, definition="timeouts.attempts",
    ),
    Field(
        "budget", "Budget of a run", "Budget", "number",
        "A run that has spent so much stops; what is saved stays. One whose model has no known price is refused.",
        "US dollars", 0.01, 1e6, empty="none", definition="budget",
    ),
    Field(
        "workspace", "Workspace", "Storage", "folder",
        "The folder with the database of all runs, evaluation files and models.",
        empty="your data folder", option="--workspace", environment="EVALSTUDIO_WORKSPACE", acts=NEXT_START,
    ),
    Field(
        "log_folder", "Log folder", "Storage", "folder",
        "Where the trace of a crash is written.", empty="logs in the workspace", acts=NEXT_START,
    ),
    Field(
        "theme", "Theme", "Appearance", "choice", "Colours of the application.", choices=THEMES, acts="at once",
    ),
    Field(
        "text_scale", "Text size", "Appearance", "whole",
        "In per cent of the system's size.", "%", 75, 200, acts="at once",
    ),
    Field(
        "python", "Python interpreter", "Interpreter", "file",
        "The Python that has your packages; EvalStudio must be installed in it, too.",
        empty="the program's own", acts=ENGINE_START,
    ),
)  # fmt: skip

BY_KEY = {field.key: field for field in FIELDS}


def option_help(key: str) -> str:
    """Returns the help text of a command line option: what the setting does, and its range."""
    field = BY_KEY[key]
    first = field.help.split(". ")[0].rstrip(".")
    return f"{first} ({field.range})." if field.range and not field.choices else f"{first}."
