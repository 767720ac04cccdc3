//! One DMARC record (RFC 7489 section 6.3).

/// What the domain wants done with mail that passes neither SPF nor DKIM in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmarcPolicy {
    /// Nothing; it only watches.
    None,
    /// Into the spam folder.
    Quarantine,
    /// Refused.
    Reject,
}

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DmarcRecord {
    /// For mail of the domain.
    pub policy: DmarcPolicy,
    /// For mail of domains below it; otherwise `policy`.
    pub subdomain_policy: Option<DmarcPolicy>,
}

impl DmarcPolicy {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            DmarcPolicy::None => "none",
            DmarcPolicy::Quarantine => "quarantine",
            DmarcPolicy::Reject => "reject",
        }
    }

    fn parse(text: &str) -> Option<DmarcPolicy> {
        [DmarcPolicy::None, DmarcPolicy::Quarantine, DmarcPolicy::Reject]
            .into_iter()
            .find(|policy| text.eq_ignore_ascii_case(policy.as_str()))
    }
}

impl DmarcRecord {
    /// Reads a TXT record; `None` where it is no DMARC record or has no sound policy, which counts as none (section 6.6.3).
    pub fn parse(text: &str) -> Option<DmarcRecord> {
        let mut tags = text.split(';').map(|tag| {
            let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
            (name.trim().to_ascii_lowercase(), value.trim())
        });
        let (name, version) = tags.next()?;
        if name != "v" || version != "DMARC1" {
            return None;
        }
        let (mut policy, mut subdomain_policy) = (None, None);
        for (name, value) in tags {
            match name.as_str() {
                "p" => policy = DmarcPolicy::parse(value),
                "sp" => subdomain_policy = DmarcPolicy::parse(value),
                _ => {}
            }
        }
        Some(DmarcRecord {
            policy: policy?,
            subdomain_policy,
        })
    }

    /// The policy for mail of the domain that has the record, or of one below it.
    pub fn policy_for(&self, is_below: bool) -> DmarcPolicy {
        match self.subdomain_policy {
            Some(policy) if is_below => policy,
            _ => self.policy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_its_version_and_policy() {
        let record = DmarcRecord::parse("v=DMARC1; p=none; sp=Reject; rua=mailto:a@example.jp").unwrap();
        assert_eq!(record.policy_for(false), DmarcPolicy::None);
        assert_eq!(record.policy_for(true), DmarcPolicy::Reject);
        let record = DmarcRecord::parse("v=DMARC1;p=quarantine").unwrap();
        assert_eq!(record.policy_for(true), DmarcPolicy::Quarantine);
        for text in [
            "v=spf1 -all",
            "v=DMARC1",
            "v=DMARC1; p=maybe",
            "p=none; v=DMARC1",
            "v=dmarc2; p=none",
        ] {
            assert_eq!(DmarcRecord::parse(text), None, "{text}");
        }
    }
}
