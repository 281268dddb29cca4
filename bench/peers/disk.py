"""A subject of disk/measure.mjs with a library of Python: `disk.py LIBRARY DIRECTORY COUNT LENGTH`.

For each line `DAYS EXPECTED` it calls the function once for each city, sees that EXPECTED bodies ran, and prints the
microseconds of processor time of one call.
"""

import sys
import time

library, directory, count, length = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ran = 0


def compute(city: str, days: int, length: int):
    global ran
    ran += 1
    return {"city": city, "days": days, "text": "x" * length}


def with_deche():
    from deche import Cache

    return Cache(fs_protocol="file", prefix=directory)(compute)


def with_joblib():
    from joblib import Memory

    return Memory(directory, verbose=0).cache(compute)


def with_diskcache():
    from diskcache import Cache

    return Cache(directory).memoize()(compute)


call = {"deche": with_deche, "joblib": with_joblib, "diskcache": with_diskcache}[library]()
cities = [f"city {index}" for index in range(count)]
print("ready", flush=True)

for line in sys.stdin:
    days, expected = map(int, line.split())
    before = ran
    started = time.process_time()
    for city in cities:
        value = call(city, days, length)
        if value["city"] != city or value["days"] != days or len(value["text"]) != length:
            raise SystemExit(f"{library} answered wrongly")
    took = time.process_time() - started
    if ran - before != expected:
        raise SystemExit(f"{library}: {ran - before} computations, not {expected}")
    print(took * 1e6 / count, flush=True)
