"""The platforms, each in a room of its own, and the one table of their sensors."""

from __future__ import annotations

from functools import cache

from logreach.coverage.events.sensor import Sensor, Sensors
from logreach.coverage.platforms.sysmon.sensor import SysmonSensor
from logreach.coverage.platforms.windows.sensor import WindowsSensor

_SENSORS: list[Sensor] = [WindowsSensor(), SysmonSensor()]


def register(sensor: Sensor) -> None:
    """Have a further sensor asked, by everything that is assessed from now on."""
    _SENSORS.append(sensor)
    sensors.cache_clear()


def unregister(sensor: Sensor) -> None:
    """Have a registered sensor asked no more."""
    _SENSORS.remove(sensor)
    sensors.cache_clear()


@cache
def sensors() -> Sensors:
    """Every sensor that is asked."""
    return Sensors(tuple(_SENSORS))
