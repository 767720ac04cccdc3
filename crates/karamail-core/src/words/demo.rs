//! Words about demo.
