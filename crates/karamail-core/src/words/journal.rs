//! Words about journal.
