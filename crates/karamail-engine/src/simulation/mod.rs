//! The deterministic simulation: the real cycle, ledger and drivers in a world where network, servers, disk and clock
//! misbehave from a seed. The same seed plays the same play, step by step (docs/RELIABILITY.md, docs/decisions/0130).
//!
//! Reading order: `play` (what happens), `weather` (what may go wrong), `check` (what must hold), `world` (what is true),
//! `pop3` and `smtp` (the servers), `stage` (chance, clock, death, trace), `seams` (what takes the place of the world).
//!
//! ```text
//! cargo test -p karamail-engine --lib simulation                          a few hundred seeds
//! KARAMAIL_SIM_SEEDS=5000 cargo test -p karamail-engine --lib simulation  that many
//! KARAMAIL_SIM_SEED=17 cargo test -p karamail-engine --lib replay -- --nocapture   this one, with its trace
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod check;
mod mails;
mod play;
mod pop3;
mod random;
pub(crate) mod seams;
mod servers;
mod settings;
mod smtp;
pub(crate) mod stage;
mod tests;
mod weather;
mod world;
