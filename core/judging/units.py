"""Units: what numbers are counted in, and what each spelling of a unit is worth in base units."""

import re

SCALES = {
    "dozen": 12, "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6,
    "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
MONEY = {"£": "GBP", "$": "USD", "€": "EUR", "¥": "JPY", "gbp": "GBP", "usd": "USD", "eur": "EUR", "us$": "USD"}
CURRENCIES = frozenset(MONEY.values())
YEAR_S = 31557600
_SCALED = {
    "power": {
        "w watt watts": 1, "kw kilowatt kilowatts": 1e3, "mw megawatt megawatts": 1e6, "gw gigawatt gigawatts": 1e9,
    },
    "energy": {
        "wh watt-hours": 1, "kwh kilowatt-hour kilowatt-hours": 1e3, "mwh megawatt-hour megawatt-hours": 1e6,
        "gwh gigawatt-hour gigawatt-hours": 1e9, "twh terawatt-hours": 1e12,
    },
    "length": {
        "mm millimetre millimetres millimeter millimeters": 1e-3,
        "cm centimetre centimetres centimeter centimeters": 1e-2,
        "m metre metres meter meters": 1,
        "km kilometre kilometres kilometer kilometers": 1e3,
        "mile miles": 1609.344, "ft foot feet": 0.3048, "inch inches": 0.0254,
    },
    "mass": {
        "mg milligram milligrams": 1e-3, "g gram grams": 1, "kg kilogram kilograms kilo kilos": 1e3,
        "tonne tonnes": 1e6,
    },
    "volume": {
        "ml millilitre millilitres milliliter milliliters": 1e-3, "l litre litres liter liters": 1, "m³ m3": 1e3,
    },
    "voltage": {"v volt volts": 1, "kv kilovolt kilovolts": 1e3},
    "speed": {"m/s": 1, "km/h kph": 1 / 3.6, "mph": 0.44704, "knot knots": 0.514444},
    "time": {
        "second seconds": 1, "minute minutes min": 60, "hour hours": 3600, "day days": 86400, "week weeks": 604800,
        "month months": 2629800, "year years": YEAR_S, "decade decades": 315576000,
        "century centuries": 3155760000,
    },
    "area": {"hectare hectares ha": 1e4, "acre acres": 4046.86, "m² m2": 1, "km² km2": 1e6},
}  # fmt: skip
"""Measure -> its units' spellings -> how many base units one is."""


def _units() -> dict[str, tuple[str, float]]:
    table = {
        "percent": ("%", "percent", "per cent", "pct"),
        "points": ("percentage point", "percentage points"),
        "USD": ("dollar", "dollars"),
        "EUR": ("euro", "euros"),
        "GBP": ("pound", "pounds"),  # as weights they still compare with each other
        "celsius": ("°c", "degrees celsius", "degrees c", "℃"),
        "fahrenheit": ("°f", "degrees fahrenheit", "degrees f"),
        "degrees": ("degrees", "degree", "°"),
        "decibel": ("db", "decibel", "decibels", "db(a)"),
    }
    units = {name: (measure, 1.0) for measure, spelled in table.items() for name in spelled}
    units |= dict.fromkeys(("p", "pence"), ("GBP", 0.01))
    units |= dict.fromkeys(("cubic metre", "cubic metres", "cubic meters"), ("volume", 1e3))
    units |= dict.fromkeys(("square kilometre", "square kilometres"), ("area", 1e6))
    units |= dict.fromkeys(("square metre", "square metres", "square meters"), ("area", 1.0))
    units |= dict.fromkeys(("miles per hour", "miles an hour"), ("speed", 0.44704))
    for measure, row in _SCALED.items():
        for names, factor in row.items():
            units |= {name: (measure, float(factor)) for name in names.split()}
    return units


UNITS = _units()
SPELLINGS = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
"""Of all units, as a pattern, the longest first."""
SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {word: float(value) for value, word in enumerate(SMALL)} | {word: 20.0 + 10 * i for i, word in enumerate(TENS)}
WORDS["dozen"] = 12.0
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FRACTIONS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
    "tenth": 10, "tenths": 10,
}  # fmt: skip
PERIODS = {"hour": 3600.0, "day": 86400.0, "week": 604800.0, "month": 2629800.0, "year": float(YEAR_S)}
"""What a rate is counted by, in seconds."""
