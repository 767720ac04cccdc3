//! Words about pop3.
