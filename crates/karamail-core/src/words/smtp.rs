//! Words about smtp.
