"""What a language model knows by heart."""

CAPITALS = {
    "France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid", "Japan": "Tokyo", "Egypt": "Cairo",
    "Greece": "Athens", "Austria": "Vienna", "Russia": "Moscow", "China": "Beijing", "Portugal": "Lisbon", "Cuba": "Havana",
    "Norway": "Oslo", "Sweden": "Stockholm", "Poland": "Warsaw", "Ireland": "Dublin", "Hungary": "Budapest", "Peru": "Lima",
    "Thailand": "Bangkok", "Kenya": "Nairobi", "Iran": "Tehran", "Finland": "Helsinki", "Belgium": "Brussels", "Chile": "Santiago",
}  # fmt: skip
