"""Plays SIPp scenario pairs with SIPp and gannet in all four ways and compares what was on the wire."""
