"""What forwards events off a host, as a filter of event patterns."""

from logreach.coverage.forwarding.filter import ForwardingFilter

__all__ = ["ForwardingFilter"]
