"""Two plain charts as SVG, for the documentation."""

import math
from collections.abc import Sequence

WIDTH, MARGIN, ROW = 720, 190, 30
STYLE = (
    "<style>text{font:14px sans-serif;fill:#222}.bar{fill:#2f6f9f}.other{fill:#9aa5ad}.line{stroke:#bbb}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.line{stroke:#555}}</style>"
)


def draw_bars(title: str, bars: Sequence[tuple[str, float, bool]]) -> str:
    """Draw a bar for each (name, value, whether it is ours), longest first."""
    most = max(value for _, value, _ in bars)
    height = 50 + ROW * len(bars)
    parts = [_open(title, height)]
    for row, (name, value, ours) in enumerate(sorted(bars, key=lambda bar: -bar[1])):
        y = 40 + ROW * row
        length = (WIDTH - MARGIN - 70) * value / most
        parts += [
            f'<text x="{MARGIN - 8}" y="{y + 15}" text-anchor="end">{name}</text>',
            f'<rect class="{"bar" if ours else "other"}" x="{MARGIN}" y="{y}" width="{length:.0f}" height="20"/>',
            f'<text x="{MARGIN + length + 6:.0f}" y="{y + 15}">{value:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def draw_points(title: str, across: str, up: str, points: Sequence[tuple[float, float]]) -> str:
    """Draw positive points on logarithmic axes, with the line of proportion through the last."""
    height, left, bottom = 400, 80, 350
    low_x, high_x = (round_(math.log10(of)) for round_, of in ((math.floor, points[0][0]), (math.ceil, points[-1][0])))
    lowest, highest = min(y for _, y in points), max(y for _, y in points)
    low_y, high_y = math.floor(math.log10(lowest)), math.ceil(math.log10(highest))

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + (WIDTH - left - 30) * (math.log10(x) - low_x) / (high_x - low_x),
            bottom - (bottom - 50) * (math.log10(y) - low_y) / (high_y - low_y),
        )

    parts = [_open(title, height)]
    for power in range(low_x, high_x + 1):
        x, _ = place(10.0**power, 10.0**low_y)
        parts.append(f'<line class="line" x1="{x:.0f}" y1="50" x2="{x:.0f}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.0f}" y="{bottom + 20}" text-anchor="middle">{10**power:,}</text>')
    for power in range(low_y, high_y + 1):
        _, y = place(10.0**low_x, 10.0**power)
        parts.append(f'<line class="line" x1="{left}" y1="{y:.0f}" x2="{WIDTH - 30}" y2="{y:.0f}"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 5:.0f}" text-anchor="end">{10.0**power:g}</text>')
    last_x, last_y = points[-1]
    first_x = max(points[0][0], last_x * 10.0**low_y / last_y)
    (x1, y1), (x2, y2) = place(first_x, last_y * first_x / last_x), place(last_x, last_y)
    parts.append(f'<line class="line" stroke-dasharray="4" x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}"/>')
    for point in points:
        x, y = place(*point)
        parts.append(f'<circle class="bar" cx="{x:.0f}" cy="{y:.0f}" r="5"/>')
    parts.append(f'<text x="{WIDTH - 30}" y="{bottom + 42}" text-anchor="end">{across}</text>')
    parts.append(f'<text x="{left}" y="42">{up}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _open(title: str, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">\n'
        f'{STYLE}\n<text x="10" y="22" font-weight="bold">{title}</text>'
    )
