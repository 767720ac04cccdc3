//! What the list is filtered by, as it stands in the page's address.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use karamail_core::address::EmailAddress;
use karamail_core::words::Language;
use karamail_core::words::screens::results as words;
use karamail_engine::config::Settings;
use karamail_engine::export::MailboxNames;
use karamail_engine::store::results::{Delivery, Wanted, sources};
use karamail_engine::store::{Readers, StoreError};
use serde::Deserialize;

/// The fields of the form. What is empty does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    pub(super) q: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) to: String,
    /// Names of states, commas between.
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) mailbox: String,
    #[serde(default)]
    pub(super) series: String,
    /// Where the list goes on.
    #[serde(default)]
    pub(super) after: String,
    /// How many rows the page has already.
    #[serde(default)]
    pub(super) rows: u32,
    /// Where the part that follows the program ends.
    #[serde(default)]
    pub(super) down_to: String,
}

impl Filter {
    /// What the ledger is asked for. Days that are none do not filter; [`Filter::fault`] tells of them.
    pub(super) fn wanted(&self) -> Wanted {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Wanted {
            series: filled(&self.series),
            search: filled(&self.q),
            states: self.states(),
            since: day(&self.from).and_then(|day| midnight(day, 0)),
            // The day itself counts.
            until: day(&self.to).and_then(|day| midnight(day, 1)),
            mailbox: self.mailbox.parse::<EmailAddress>().ok(),
            after: self.after.parse().ok(),
            down_to: self.down_to.parse().ok(),
            ..Wanted::default()
        }
    }

    fn states(&self) -> Vec<String> {
        let known = |name: &&str| Delivery::NAMES.contains(name) || matches!(*name, "left" | "erased");
        self.state.split(',').filter(known).map(str::to_owned).collect()
    }

    /// What is wrong with the days.
    pub(super) fn fault(&self, language: Language) -> Option<String> {
        let is_none = |text: &str| !text.is_empty() && day(text).is_none();
        if is_none(&self.from) || is_none(&self.to) {
            return Some(words::not_a_day(language));
        }
        match (day(&self.from), day(&self.to)) {
            (Some(from), Some(to)) if from > to => Some(words::days_crossed(language)),
            _ => None,
        }
    }

    /// Whether a choice stands at this value.
    pub(super) fn has(&self, field: &str, value: &str) -> bool {
        let chosen = match field {
            "state" => &self.state,
            "mailbox" => &self.mailbox,
            _ => &self.series,
        };
        chosen == value
    }

    /// Whether anything is left out.
    pub(super) fn is_set(&self) -> bool {
        ![
            &self.q,
            &self.from,
            &self.to,
            &self.state,
            &self.mailbox,
            &self.series,
        ]
        .into_iter()
        .all(String::is_empty)
    }

    /// The filters as they stand in an address, behind its `?`; empty where nothing is set.
    pub(super) fn query(&self) -> String {
        let fields = [
            ("q", &self.q),
            ("from", &self.from),
            ("to", &self.to),
            ("state", &self.state),
            ("mailbox", &self.mailbox),
            ("series", &self.series),
        ];
        let set: Vec<String> = fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        set.join("&")
    }

    /// An address with the filters, and with these fields besides.
    pub(super) fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = self.query();
        for (name, value) in more {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&format!("{name}={}", encoded(value)));
        }
        match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{query}"),
        }
    }
}

/// From the fields of an address.
impl From<Vec<(String, String)>> for Filter {
    fn from(fields: Vec<(String, String)>) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in fields {
            match name.as_str() {
                "q" => filter.q = value,
                "from" => filter.from = value,
                "to" => filter.to = value,
                "state" => filter.state = value,
                "mailbox" => filter.mailbox = value,
                "series" => filter.series = value,
                _ => {}
            }
        }
        filter
    }
}

/// What there is to choose from; a choice of one is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    pub(super) names: MailboxNames,
    /// Address keys with the names that people know.
    pub(super) mailboxes: Vec<(String, String)>,
    pub(super) series: Vec<String>,
}

impl Choices {
    pub(super) async fn load(readers: &Readers, settings: &Settings) -> Result<Choices, StoreError> {
        let names = MailboxNames::of(&settings.mailboxes);
        let (series, mailboxes) = sources(readers).await?;
        Ok(Choices {
            mailboxes: mailboxes
                .into_iter()
                .map(|key| (key.clone(), names.name(&key).to_owned()))
                .collect(),
            names,
            series,
        })
    }

    pub(super) fn has_mailboxes(&self) -> bool {
        self.mailboxes.len() > 1
    }

    pub(super) fn has_series(&self) -> bool {
        self.series.len() > 1
    }
}

/// The states to choose from: the field's value and the words.
pub(super) fn states(language: Language) -> [(&'static str, String); 9] {
    [
        ("queued", words::state_queued(language)),
        ("sent", words::state_sent(language)),
        ("sent-again", words::state_sent_again(language)),
        ("refused,bounced", words::state_undelivered(language)),
        ("refused", words::state_refused(language)),
        ("bounced", words::state_bounced(language)),
        ("withheld", words::state_withheld(language)),
        ("left", words::state_left(language)),
        ("erased", words::state_erased(language)),
    ]
}

/// A text as part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn midnight(day: Date, days_later: i64) -> Option<Timestamp> {
    let day = day.checked_add(days_later.days()).ok()?;
    Some(day.to_zoned(TimeZone::system()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_the_filters_whatever_is_in_them() {
        let filter = Filter {
            q: "a&b=\"<\u{592a}\u{90ce}>%".to_owned(),
            state: "refused,nonsense,left".to_owned(),
            from: "2026-02-30".to_owned(),
            ..Filter::default()
        };
        let address = filter.address("/results", &[("after", "1.2.\u{672c}\u{5e97} #1")]);
        assert_eq!(
            address,
            "/results?q=a%26b%3D%22%3C%E5%A4%AA%E9%83%8E%3E%25&from=2026-02-30&state=refused%2Cnonsense%2Cleft\
             &after=1.2.%E6%9C%AC%E5%BA%97%20%231"
        );
        assert_eq!(filter.wanted().states, ["refused", "left"]);
        assert!(filter.fault(Language::English).is_some());
        assert_eq!(filter.wanted().since, None);
    }
}
