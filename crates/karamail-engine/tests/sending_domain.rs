//! SPF and DMARC of the shop's domain, asked of a name server on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "common/dns.rs"]
mod dns;

use std::time::{Duration, Instant};

use karamail_core::sender_policy::DmarcPolicy;
use karamail_core::words::Language;
use karamail_engine::setup::dns::Dns;
use karamail_engine::setup::sending_domain::{Dmarc, SendingDomain, Spf, SpfResult, look_up};

const SERVER: &str = "smtp.host.example A 192.0.2.10\n";

async fn found(zone: &str) -> SendingDomain {
    let dns = dns::dns(&format!("{SERVER}{zone}")).await;
    look_up(&dns, "shop.example", "smtp.host.example").await
}

#[track_caller]
fn result(found: &SendingDomain) -> SpfResult {
    match &found.spf {
        Spf::Checked { result, .. } => *result,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_spf_record_is_followed_to_the_sending_servers_address() {
    for (zone, expected) in [
        ("shop.example TXT v=spf1 ip4:192.0.2.0/24 -all", SpfResult::Pass),
        (
            "shop.example TXT v=spf1 ip4:198.51.100.0/24 -all",
            SpfResult::Fail,
        ),
        (
            "shop.example TXT v=spf1 ip4:198.51.100.0/24 ~all",
            SpfResult::SoftFail,
        ),
        ("shop.example TXT v=spf1 ?all", SpfResult::Neutral),
        ("shop.example TXT v=spf1", SpfResult::Neutral),
        (
            "shop.example TXT v=spf1 a:smtp.host.example -all",
            SpfResult::Pass,
        ),
        (
            "shop.example TXT v=spf1 a -all\nshop.example A 192.0.2.99",
            SpfResult::Fail,
        ),
        (
            "shop.example TXT v=spf1 a/24 -all\nshop.example A 192.0.2.99",
            SpfResult::Pass,
        ),
        (
            "shop.example TXT v=spf1 mx -all\nshop.example MX 10 smtp.host.example",
            SpfResult::Pass,
        ),
        (
            "shop.example TXT v=spf1 include:spf.host.example -all\nspf.host.example TXT v=spf1 a:smtp.host.example ~all",
            SpfResult::Pass,
        ),
        (
            "shop.example TXT v=spf1 include:spf.host.example -all\nspf.host.example TXT v=spf1 -all",
            SpfResult::Fail,
        ),
        (
            "shop.example TXT v=spf1 redirect=spf.host.example\nspf.host.example TXT v=spf1 a:smtp.host.example -all",
            SpfResult::Pass,
        ),
        (
            "shop.example TXT v=spf1 exists:%{i}.spf.host.example -all",
            SpfResult::Depends,
        ),
        ("shop.example TXT v=spf1 ptr -all", SpfResult::Depends),
        (
            "shop.example TXT v=spf1 ptr a:smtp.host.example -all",
            SpfResult::Pass,
        ),
        // Other TXT records are no business of SPF's.
        (
            "shop.example TXT v=spf1 a:smtp.host.example -all\nshop.example TXT MS=ms12345678",
            SpfResult::Pass,
        ),
    ] {
        assert_eq!(result(&found(zone).await), expected, "{zone}");
    }
}

#[tokio::test]
async fn a_server_with_two_addresses_passes_with_either() {
    let zone = "smtp.host.example AAAA 2001:db8::10\nshop.example TXT v=spf1 ip6:2001:db8::/32 -all";
    let found = found(zone).await;
    assert_eq!(result(&found), SpfResult::Pass);
    let Spf::Checked { address, .. } = found.spf else {
        panic!()
    };
    assert_eq!(address.to_string(), "2001:db8::10");
}

#[tokio::test]
async fn records_that_receivers_refuse_are_told_as_broken() {
    let mut chain = String::from("shop.example TXT v=spf1 include:s1.example -all\n");
    for step in 1..=12 {
        chain.push_str(&format!(
            "s{step}.example TXT v=spf1 include:s{}.example -all\n",
            step + 1
        ));
    }
    chain.push_str("s13.example TXT v=spf1 -all\n");
    let missing: String = (1..=4).map(|nth| format!(" a:gone{nth}.example")).collect();
    for zone in [
        "shop.example TXT v=spf1 a -all\nshop.example TXT v=spf1 mx -all".to_owned(),
        "shop.example TXT v=spf1 ipv4:192.0.2.1 -all".to_owned(),
        "shop.example TXT v=spf1 include:shop.example -all".to_owned(),
        "shop.example TXT v=spf1 include:gone.example -all".to_owned(),
        "shop.example TXT v=spf1 redirect=gone.example".to_owned(),
        format!("shop.example TXT v=spf1{missing} -all"),
        chain,
    ] {
        let found = found(&zone).await;
        assert!(matches!(found.spf, Spf::Broken(_)), "{zone}: {:?}", found.spf);
    }
}

#[tokio::test]
async fn dmarc_is_looked_for_at_the_domain_and_above_it() {
    let dns = dns::dns(
        "_dmarc.shop.example.jp TXT v=DMARC1; p=none\n\
         _dmarc.chain.jp TXT v=DMARC1; p=reject; sp=quarantine\n\
         _dmarc.twice.jp TXT v=DMARC1; p=none\n_dmarc.twice.jp TXT v=DMARC1; p=reject",
    )
    .await;
    for (domain, expected) in [
        ("shop.example.jp", Some(("shop.example.jp", DmarcPolicy::None))),
        ("chain.jp", Some(("chain.jp", DmarcPolicy::Reject))),
        ("shop.chain.jp", Some(("chain.jp", DmarcPolicy::Quarantine))),
        ("deep.shop.chain.jp", Some(("chain.jp", DmarcPolicy::Quarantine))),
        ("twice.jp", None),
        ("none.jp", None),
    ] {
        let found = look_up(&dns, domain, "smtp.host.example").await.dmarc;
        match expected {
            Some((at, policy)) => assert_eq!(
                found,
                Dmarc::Found {
                    at: at.to_owned(),
                    policy
                },
                "{domain}"
            ),
            None => assert_eq!(found, Dmarc::Missing, "{domain}"),
        }
    }
}

#[tokio::test]
async fn a_domain_without_records_is_told_what_to_ask_the_provider_for() {
    let found = found("shop.example A 192.0.2.80").await;
    assert_eq!((&found.spf, &found.dmarc), (&Spf::Missing, &Dmarc::Missing));
    let english: Vec<String> = found
        .findings(Language::English)
        .into_iter()
        .map(|one| one.told)
        .collect();
    assert!(
        english[0].contains("has no SPF record") && english[0].contains("Ask whoever runs"),
        "{english:#?}"
    );
    assert!(
        english[1].contains("p=none") && english[2].contains("yellow"),
        "{english:#?}"
    );
    let japanese: Vec<String> = found
        .findings(Language::Japanese)
        .into_iter()
        .map(|one| one.told)
        .collect();
    assert!(
        japanese[2].contains("ドコモ") && japanese[2].contains("黄色"),
        "{japanese:#?}"
    );
}

#[tokio::test]
async fn a_domain_that_does_not_exist_is_told_as_such() {
    let found = found("other.example A 192.0.2.80").await;
    let findings = found.findings(Language::English);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(
        findings[0].told.contains("knows no domain shop.example"),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn a_domain_in_order_has_nothing_to_mend() {
    let zone = "shop.example TXT v=spf1 a:smtp.host.example -all\n_dmarc.shop.example TXT v=DMARC1; p=reject";
    let findings = found(zone).await.findings(Language::English);
    assert!(findings.iter().all(|finding| finding.is_good), "{findings:#?}");
    assert_eq!(findings.len(), 2, "no word about yellow marks");
}

#[tokio::test]
async fn without_a_network_it_says_so_and_soon() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let closed = "127.0.0.1:1".parse().unwrap();
    for server in [silent.local_addr().unwrap(), closed] {
        let begin = Instant::now();
        let found = look_up(&Dns::at(server).unwrap(), "shop.example", "smtp.host.example").await;
        assert!(begin.elapsed() < Duration::from_secs(25), "{:?}", begin.elapsed());
        assert!(!found.is_known(), "{found:?}");
        let findings = found.findings(Language::English);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].told.starts_with("Without a network"), "{findings:?}");
    }
    let found = found("shop.example FAIL\n_dmarc.shop.example FAIL").await;
    assert!(!found.is_known(), "{found:?}");
}
