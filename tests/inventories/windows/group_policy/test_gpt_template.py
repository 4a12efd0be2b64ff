"""Security templates: audit entries and log sizes."""

from __future__ import annotations

from collections.abc import Callable

from gpo_files import SECEDIT, template

from logreach.inventories.facts.facts import Known, Missing
from logreach.inventories.facts.host import Inventory
from logreach.inventories.windows.facts import CHANNEL, SACL


def test_a_template_gives_audit_entries_and_log_sizes(loaded: Callable[..., Inventory]) -> None:
    inventory = loaded(
        {
            SECEDIT: template(
                "[Security Log]\r\nMaximumLogSize = 81920\r\nAuditLogRetentionPeriod = 0",
                "[Registry Keys]",
                '"MACHINE\\SYSTEM\\CurrentControlSet\\Services",0,'
                '"D:PAR(A;CI;KA;;;BA)S:PAR(AU;CISAFA;KA;;;WD)"',
                '"MACHINE\\SOFTWARE\\Nothing",0,"D:PAR(A;CI;KA;;;BA)"',
                '"MACHINE\\SOFTWARE\\Broken",0,"S:(AU;'  # cut off
                '"',
                '"MACHINE\\SOFTWARE\\One",1,"S:(AU;CISA;KA;;;WD)"',
                '"MACHINE\\SOFTWARE\\Two",2,"S:PAR(AU;CISA;KA;;;WD)"',
                '"MACHINE\\SOFTWARE\\Without",2,"D:PAR(A;CI;KA;;;BA)"',
            )
        }
    )
    facts = inventory.hosts[0].facts
    entry = facts.get(SACL("HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES"))
    assert isinstance(entry, Known)
    assert [(one.success, one.failure) for one in entry.value.aces] == [(True, True)]
    assert entry.value.protected
    # Sources disagree which of these modes leaves an object alone.
    for name in ("ONE", "TWO"):
        told = facts.get(SACL(f"HKLM\\SOFTWARE\\{name}"))
        assert isinstance(told, Missing)
        assert "sources disagree" in told.reason
    assert isinstance(facts.get(SACL("HKLM\\SOFTWARE\\NOTHING")), Missing)
    assert isinstance(facts.get(SACL("HKLM\\SOFTWARE\\BROKEN")), Missing)
    channel = facts.get(CHANNEL("Security"))
    assert isinstance(channel, Known)
    assert (channel.value.max_bytes, channel.value.retention) == (81920 * 1024, "overwrite")
    assert [fault.where for fault in inventory.faults] == ["line 9", "line 10", "line 11"]
