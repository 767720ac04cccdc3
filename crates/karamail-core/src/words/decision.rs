//! Words about decision.
