"""The drawings of the icons: the inside of an SVG on a grid of 24, by name. Always with a word."""

from __future__ import annotations

from collections.abc import Mapping

_CIRCLE = '<circle cx="12" cy="12" r="9"/>'

ICONS: Mapping[str, str] = {
    "again": '<path d="M4 4v5h5M4.6 9A8.3 8.3 0 1 1 3.7 13"/>',
    "arrow": '<path class="flip" d="M9 5l7 7-7 7"/>',
    "bell": '<path d="M6 10.5a6 6 0 0 1 12 0c0 4.5 2 6 2 6H4s2-1.5 2-6M10 20a2.2 2.2 0 0 0 4 0"/>',
    "brand": '<path d="M5.5 3.5v17M18.5 3.5v17" stroke-width="3.2"/>'
    '<path d="M5.5 8.5c1.5 5 11.5 5 13 0M5.5 12.5c1.5 5 11.5 5 13 0"/>',
    "cancelled": _CIRCLE + '<path d="M5.7 18.3L18.3 5.7"/>',
    "clock": _CIRCLE + '<path d="M12 7v5.3l3.2 2"/>',
    "confirmed": '<path d="M20.8 10a9 9 0 1 1-4-5.6M8 11.5l3.2 3.2L20.5 5"/>',
    "crossing": '<path d="M3 7h3.5c5 0 4.5 10 10 10H21M18 14l3 3-3 3M3 17h3.5c1.7 0 2.8-1.1 '
    '3.6-2.6M13.2 9.2C14 7.9 15 7 16.5 7H21M18 4l3 3-3 3"/>',
    "done": _CIRCLE + '<path d="M8 12.4l2.8 2.8L16 9.5"/>',
    "hourglass": '<path d="M7 3h10M7 21h10M8.2 3c0 5 7.6 6 7.6 9s-7.6 4-7.6 9M15.8 3c0 5-7.6 6-7.6 '
    '9s7.6 4 7.6 9"/>',
    "key": '<circle cx="7.5" cy="12" r="4.5"/><path d="M12 12h9.5v3.5M17.5 12v2.5"/>',
    "keypad": '<rect x="2.5" y="6" width="19" height="12" rx="2.5"/>'
    '<path d="M7 12h.1M12 12h.1M17 12h.1"/>',
    "laptop": '<rect x="4.5" y="4.5" width="15" height="10.5" rx="1.5"/><path d="M2 19h20"/>',
    "letter": '<rect x="3" y="5.5" width="18" height="13" rx="2"/>'
    '<path d="M3.5 7l8.5 6.5L20.5 7"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5" rx="2"/>'
    '<path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "moon": '<path d="M20 14.2A8.3 8.3 0 1 1 9.8 4a6.8 6.8 0 0 0 10.2 10.2z"/>',
    "octagon": '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM9 9l6 6M15 9l-6 6"/>',
    "paper": '<path d="M6 3h12v18H6zM9 8h6M9 12h6M9 16h3"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>',
    "phone": '<rect x="7" y="2.5" width="10" height="19" rx="2.5"/><path d="M11 18.3h2"/>',
    "shield": '<path d="M12 3l7.5 2.7v5.8c0 4.6-3 7.8-7.5 9.5-4.5-1.7-7.5-4.9-7.5-9.5V5.7zM8.5 '
    '12h7"/>',
    "speech": '<path d="M4 5h16v11H11l-4.5 4v-4H4zM8 9h8M8 12h5"/>',
    "tick": '<path d="M5 12.5l4.7 4.7L19.5 7"/>',
    "tray": '<path d="M4 13l2.5-8h11L20 13v5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18zM4 '
    '13h4.5l1.2 2.5h4.6l1.2-2.5H20"/>',
    "triangle": '<path d="M12 3.8L21.5 20h-19zM12 10v4.5M12 17.2v.1"/>',
    "undone": '<path d="M9 5L4 10l5 5M4.5 10H14a5.5 5.5 0 0 1 0 11h-3"/>',
}
