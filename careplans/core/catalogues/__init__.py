"""The translations of what patients read: found in the sources, kept in .po files, compiled without gettext's tools."""
