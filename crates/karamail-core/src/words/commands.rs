//! Words about commands.
