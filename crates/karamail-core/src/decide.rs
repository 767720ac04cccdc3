//! (stand-in until the real decision table lands)
#![allow(missing_docs, reason = "a stand-in")]
use crate::address::EmailAddress;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DuplicateAction {
    #[default]
    Repeat,
    Ignore,
    NewNumber,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockRule(String);

impl BlockRule {
    pub fn parse(text: &str) -> Result<BlockRule, crate::address::AddressFault> {
        if text.contains(' ') {
            return Err(crate::address::AddressFault::BadCharacter);
        }
        Ok(BlockRule(text.to_owned()))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub own_addresses: Vec<EmailAddress>,
    pub forward_targets: Vec<EmailAddress>,
    pub forward: bool,
    pub also_empty_subjects: Vec<String>,
    pub blocked: Vec<BlockRule>,
    pub require_addressed: bool,
    pub hold_spoofed: bool,
    pub authentication_hosts: Vec<String>,
    pub limit_address_hour: u32,
    pub limit_address_day: u32,
    pub limit_mailbox_hour: u32,
    pub backlog_before: Option<jiff::Timestamp>,
    pub duplicate: DuplicateAction,
}
