"""What the workers of `bench_workers` call."""


def compute(prompt: str) -> str:
    """Some 15 to 30 ms of one core."""
    return "yes" if sum(number * number for number in range(300_000)) else prompt


def compute_long(prompt: str) -> str:
    """Ten times as much."""
    return "yes" if sum(number * number for number in range(3_000_000)) else prompt


def nothing(prompt: str) -> str:
    return "yes"


async def nothing_async(prompt: str) -> str:
    return "yes"
