//! What needs a hand: each with what it is, what to do about it, and the button that leads there.

use jiff::Timestamp;
use karamail_core::limits::{UNDELIVERED_COUNTED, UNDELIVERED_DAYS};
use karamail_core::words::screens::status as words;
use karamail_core::words::{Language, Telling, Told};
use karamail_engine::config::Settings;
use karamail_engine::engine::{MailboxStatus, Status};
use karamail_engine::program::light;

/// Something that needs a hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Its class: `bad` keeps numbers from customers, `warn` can wait.
    pub(crate) class: &'static str,
    pub(crate) title: String,
    /// Further sentences: why, and what to do.
    pub(crate) lines: Vec<String>,
    pub(crate) actions: Vec<Action>,
}

/// A way to where something can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// What there is to know.
pub(crate) struct Facts<'a> {
    pub(crate) status: &'a Status,
    pub(crate) settings: &'a Settings,
    pub(crate) undelivered: usize,
    pub(crate) now: Timestamp,
    pub(crate) language: Language,
    /// The demo's mailbox is not among the shop's settings.
    pub(crate) is_demo: bool,
}

/// All of it, worst first.
pub(crate) fn needs(facts: &Facts<'_>) -> Vec<Need> {
    let (status, language) = (facts.status, facts.language);
    let mut needs = Vec::new();
    if let Some(fault) = &status.disk_fault {
        needs.push(told("bad", words::need_disk(language), fault, language));
    }
    for mailbox in &status.mailboxes {
        needs.extend(of_mailbox(facts, mailbox));
    }
    if let Some(faults) = &status.settings_faults {
        let need = told("warn", words::need_settings(language), faults, language);
        needs.push(facts.with_setting(need, "/settings".to_owned(), words::to_settings(language)));
    }
    needs.extend(waiting(facts));
    needs.extend(undelivered(facts));
    if let Some(fault) = &status.log_fault {
        let need = told("warn", words::need_log(language), fault, language);
        needs.push(facts.with_setting(need, "/settings/data".to_owned(), words::to_data(language)));
    }
    needs
}

impl Facts<'_> {
    /// Adds the way to a page of the settings, which are always the shop's own.
    fn with_setting(&self, mut need: Need, href: String, label: String) -> Need {
        if !self.is_demo {
            need.actions.push(Action { href, label });
        }
        need
    }

    /// The page of a mailbox's settings; mailboxes count from 1, as in the settings file.
    fn mail_settings(&self, name: &str) -> String {
        let place = self
            .settings
            .mailboxes
            .iter()
            .position(|mailbox| mailbox.name == name);
        place.map_or_else(
            || "/settings/mail".to_owned(),
            |place| format!("/settings/mail/{}", place + 1),
        )
    }

    fn with_test(&self, need: Need, mailbox: &str) -> Need {
        let language = self.language;
        let need = self.with_setting(need, "/test".to_owned(), words::to_test(language));
        self.with_setting(
            need,
            self.mail_settings(mailbox),
            words::to_mail_settings(language),
        )
    }
}

fn told(class: &'static str, title: String, fault: &Telling, language: Language) -> Need {
    let lines = std::iter::once(fault.what(language)).chain(fault.on_screen(language));
    Need {
        class,
        title,
        lines: lines.collect(),
        actions: Vec::new(),
    }
}

fn of_mailbox(facts: &Facts<'_>, mailbox: &MailboxStatus) -> Vec<Need> {
    let language = facts.language;
    let name = mailbox.name.as_str();
    let plain = |class, title, line: Option<String>| Need {
        class,
        title,
        lines: line.into_iter().collect(),
        actions: Vec::new(),
    };
    let mut needs = Vec::new();
    if mailbox.is_password_missing {
        let advice = Some(words::need_password_advice(language));
        let need = plain("bad", words::need_password(language, name), advice);
        needs.push(facts.with_setting(need, facts.mail_settings(name), words::enter_password(language)));
    } else {
        if let Some(fault) = &mailbox.receive_fault {
            let need = told("bad", words::need_receive(language, name), fault, language);
            needs.push(facts.with_test(need, name));
        } else if facts.status.is_collecting && is_late(facts, mailbox) {
            let need = plain("bad", words::need_late(language, name), None);
            needs.push(facts.with_test(need, name));
        }
        if let Some(fault) = &mailbox.send_fault {
            let need = told("bad", words::need_send(language, name), fault, language);
            needs.push(facts.with_test(need, name));
        }
    }
    if mailbox.every_uidl_new_at.is_some() {
        let advice = Some(words::need_strange_advice(language));
        let mut need = plain("warn", words::need_strange(language, name), advice);
        need.actions.push(to_waiting(language));
        needs.push(need);
    }
    needs
}

fn is_late(facts: &Facts<'_>, mailbox: &MailboxStatus) -> bool {
    let interval = facts.settings.general.check_interval;
    facts.status.disk_fault.is_none() && light::is_late(facts.status, mailbox, interval, facts.now)
}

/// How many, in words.
type Title = fn(Language, u64) -> String;

/// Mails that wait for the shop, of all mailboxes together.
fn waiting(facts: &Facts<'_>) -> Vec<Need> {
    let language = facts.language;
    let sum = |of: fn(&MailboxStatus) -> u64| facts.status.mailboxes.iter().map(of).sum::<u64>();
    let piles: [(u64, Title); 3] = [
        (sum(|mailbox| mailbox.waiting.held), words::need_held),
        (
            sum(|mailbox| mailbox.waiting.quarantined),
            words::need_quarantined,
        ),
        (sum(|mailbox| mailbox.waiting.backlog), words::need_backlog),
    ];
    let is_there = piles.into_iter().filter(|(count, _)| *count > 0);
    is_there
        .map(|(count, title)| Need {
            class: "warn",
            title: title(language, count),
            lines: Vec::new(),
            actions: vec![to_waiting(language)],
        })
        .collect()
}

fn undelivered(facts: &Facts<'_>) -> Option<Need> {
    let language = facts.language;
    let count = facts.undelivered;
    let is_more = u32::try_from(count).is_ok_and(|count| count >= UNDELIVERED_COUNTED);
    let title = match is_more {
        true => words::need_undelivered_many(language, count, UNDELIVERED_DAYS),
        false => words::need_undelivered(language, count, UNDELIVERED_DAYS),
    };
    (count > 0).then(|| Need {
        class: "warn",
        title,
        lines: vec![words::need_undelivered_advice(language)],
        actions: vec![Action {
            href: "/results?state=refused,bounced".to_owned(),
            label: words::to_undelivered(language),
        }],
    })
}

fn to_waiting(language: Language) -> Action {
    Action {
        href: "/waiting".to_owned(),
        label: words::to_waiting(language),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use karamail_engine::store::aside::AsideCounts;

    use super::*;

    struct Fault;
    impl Told for Fault {
        fn what(&self, _: Language) -> String {
            "why".to_owned()
        }
        fn what_to_do(&self, _: Language) -> Option<String> {
            Some("what to do".to_owned())
        }
    }

    const NOW: &str = "2026-11-21T03:00:00Z";

    fn mailbox(name: &str) -> MailboxStatus {
        MailboxStatus {
            name: name.to_owned(),
            address: format!("{name}@shop.jp"),
            is_polling: false,
            last_good_poll: NOW.parse().ok(),
            next_poll: NOW.parse().ok(),
            receive_fault: None,
            send_fault: None,
            is_password_missing: false,
            waiting: AsideCounts::default(),
            every_uidl_new_at: None,
            problems: 0,
        }
    }

    fn settings() -> Settings {
        let one = |name: &str| {
            format!(
                "[[mailbox]]\nname = \"{name}\"\naddress = \"{name}@shop.jp\"\n[mailbox.pop3]\nhost = \"pop.shop.jp\"\n\
                 user = \"{name}\"\n[mailbox.smtp]\nhost = \"smtp.shop.jp\"\n"
            )
        };
        Settings::parse(&(one("a") + &one("b")), Path::new(".")).unwrap()
    }

    /// What is told, each with where its buttons lead.
    #[track_caller]
    fn check(status: Status, undelivered: usize, is_demo: bool, expected: &[(&str, &[&str])]) {
        let facts = Facts {
            status: &Status {
                is_collecting: true,
                ..status
            },
            settings: &settings(),
            undelivered,
            now: NOW.parse().unwrap(),
            language: Language::English,
            is_demo,
        };
        let found = needs(&facts);
        let found: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|need| {
                let ways = need.actions.iter().map(|action| action.href.as_str());
                (need.class, ways.collect())
            })
            .collect();
        let expected: Vec<(&str, Vec<&str>)> = expected
            .iter()
            .map(|(class, ways)| (*class, ways.to_vec()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn whatever_needs_a_hand_has_the_button_that_leads_there() {
        let fault = || Some(Telling::of(&Fault));
        let with = |mailbox: MailboxStatus| Status {
            mailboxes: vec![self::mailbox("a"), mailbox],
            ..Status::default()
        };
        check(with(mailbox("b")), 0, false, &[]);
        let b = || mailbox("b");
        let receive = MailboxStatus {
            receive_fault: fault(),
            ..b()
        };
        check(
            with(receive.clone()),
            0,
            false,
            &[("bad", &["/test", "/settings/mail/2"])],
        );
        // The demo's mailbox is not among the shop's settings.
        check(with(receive.clone()), 0, true, &[("bad", &[])]);
        let send = MailboxStatus {
            send_fault: fault(),
            ..b()
        };
        check(with(send), 0, false, &[("bad", &["/test", "/settings/mail/2"])]);
        let late = MailboxStatus {
            last_good_poll: "2026-11-20T03:00:00Z".parse().ok(),
            ..b()
        };
        check(with(late), 0, false, &[("bad", &["/test", "/settings/mail/2"])]);
        // Told once, as what it is.
        let password = MailboxStatus {
            is_password_missing: true,
            ..receive
        };
        check(with(password), 0, false, &[("bad", &["/settings/mail/2"])]);
        let strange = MailboxStatus {
            every_uidl_new_at: NOW.parse().ok(),
            ..b()
        };
        check(with(strange), 0, false, &[("warn", &["/waiting"])]);
        let waiting = MailboxStatus {
            waiting: AsideCounts {
                held: 1,
                quarantined: 2,
                backlog: 3,
            },
            ..b()
        };
        let way: (&str, &[&str]) = ("warn", &["/waiting"]);
        check(with(waiting), 0, false, &[way, way, way]);
        let whole = Status {
            settings_faults: fault(),
            log_fault: fault(),
            disk_fault: fault(),
            ..with(b())
        };
        check(
            whole,
            1,
            false,
            &[
                ("bad", &[]),
                ("warn", &["/settings"]),
                ("warn", &["/results?state=refused,bounced"]),
                ("warn", &["/settings/data"]),
            ],
        );
    }

    #[test]
    fn a_fault_is_told_with_why_and_what_to_do() {
        let need = told(
            "bad",
            "title".to_owned(),
            &Telling::of(&Fault),
            Language::Japanese,
        );
        assert_eq!(need.lines, ["why", "what to do"]);
    }
}
