"""Fakes of the ports, each held to its port by a contract suite that the real one passes too."""
