"""What forwards events off a host, as a filter of event patterns."""

from logreach.coverage.forwarding.events import EventMetadata, common_fields
from logreach.coverage.forwarding.filter import ForwardingFilter

__all__ = ["EventMetadata", "ForwardingFilter", "common_fields"]
