//! Words about config.
