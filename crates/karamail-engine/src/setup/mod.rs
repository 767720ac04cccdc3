//! Setting a mailbox up from its address alone: the provider, or the servers that answer, and whether the domain lets its
//! mail be believed.
//!
//! Reading order: [`plan`] (address → settings), [`dns`] (the only place that asks name servers), [`probe`] (trying common
//! names and ports), [`sending_domain`] (SPF and DMARC).
//!
//! Invariant: no password is sent here, and nothing is logged in to.
//! Invariant: everything here ends within its time limit, with or without a network.

pub mod dns;
pub mod plan;
pub mod probe;
pub mod sending_domain;
