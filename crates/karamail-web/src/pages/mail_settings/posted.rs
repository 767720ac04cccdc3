//! The form of a mailbox as it is posted: what the page asks in its own words becomes keys of the settings file, and the
//! passwords are taken out.

use karamail_core::words::Language;
use karamail_core::words::screens::mailbox as words;
use karamail_engine::config::{FileContents, SettingsFile};
use karamail_engine::secrets::{Password, Typed};

use super::file::text;
use crate::pages::settings::form::Posted;

/// A posted form.
pub(super) struct PostedMailbox {
    /// The keys, of the mailbox that is meant.
    pub(super) keys: Posted,
    /// Its number.
    pub(super) number: usize,
    /// What was typed as passwords just now.
    pub(super) typed: Typed,
    /// The name of passwords that were typed before.
    pub(super) waiting: String,
    /// How to gain leave to send: `secure`, `plain`, `none` or `pop`.
    pub(super) mode: String,
    /// Whether it goes on to the tests.
    pub(super) is_test_next: bool,
}

impl PostedMailbox {
    /// Reads a form; `None`: its mailbox is not in the file any more.
    pub(super) fn read(fields: Vec<(String, String)>, file: &SettingsFile) -> Option<PostedMailbox> {
        let contents = file.contents();
        let mut posted = Posted(fields);
        let number: usize = posted.get("number")?.parse().ok()?;
        let identity = posted.get("identity").unwrap_or_default();
        let meant = place_of(&contents, number, identity, posted.get("is_new").is_some())?;
        let mut taken = |name: &str| {
            let place = posted.0.iter().position(|(one, _)| one == name)?;
            let (_, value) = posted.0.remove(place);
            (!value.is_empty()).then(|| Password::new(value))
        };
        let typed = Typed {
            pop3: taken("password.pop3"),
            smtp: taken("password.smtp"),
        };
        let (old, new) = (format!("mailbox[{number}]."), format!("mailbox[{meant}]."));
        for (name, _) in &mut posted.0 {
            *name = name.replacen(&old, &new, 1);
        }
        let get = |name: &str| posted.get(name).unwrap_or_default().to_owned();
        let (mode, waiting, is_test_next) = (get("mode"), get("waiting"), get("then") == "test");
        Some(PostedMailbox {
            keys: in_keys(posted, meant, &mode),
            number: meant,
            typed,
            waiting,
            mode,
            is_test_next,
        })
    }

    /// What is wrong beyond the file's own rules.
    pub(super) fn slips(&self, language: Language) -> Vec<(String, String)> {
        let key = |rest: &str| format!("mailbox[{}].{rest}", self.number);
        let is_empty = |rest: &str| {
            self.keys
                .get(&key(rest))
                .is_some_and(|text| text.trim().is_empty())
        };
        let mut slips = Vec::new();
        for host in ["pop3.host", "smtp.host"] {
            if is_empty(host) {
                slips.push((key(host), words::server_missing(language)));
            }
        }
        if self.mode == "secure" && self.keys.get(&key("smtp.security")) == Some("none") {
            slips.push((key("smtp.security"), words::secure_without_security(language)));
        }
        slips
    }
}

/// Where the mailbox is that the page showed: a hand may have put another one before it. A new one comes last.
fn place_of(contents: &FileContents, number: usize, identity: &str, is_new: bool) -> Option<usize> {
    let count = contents.count("mailbox");
    if is_new {
        return Some(count + 1);
    }
    let mut all = (1..=count).filter(|one| text(contents, *one, "address") == identity);
    if (1..=count).contains(&number) && text(contents, number, "address") == identity {
        return Some(number);
    }
    all.next()
}

/// Turns the answers of the page's own questions into keys.
fn in_keys(posted: Posted, number: usize, mode: &str) -> Posted {
    let key = |rest: &str| format!("mailbox[{number}].smtp.{rest}");
    let authentication = match mode {
        "secure" | "plain" => Some("password"),
        "none" => Some("none"),
        "pop" => Some("pop-before-smtp"),
        _ => None,
    };
    let is_asked = posted.get("same.asked").is_some();
    let is_same = posted.get("same").is_some();
    let has_user = posted
        .get(&key("user"))
        .is_some_and(|user| !user.trim().is_empty());
    let mut posted = posted;
    if let Some(authentication) = authentication {
        posted = posted.with(&key("authentication"), authentication);
    }
    if is_asked {
        // The key stays away where it follows: with a user there are two logins, without there is one.
        let wants_two = !is_same && !has_user && authentication == Some("password");
        posted = posted.with(
            &key("same_credentials_as_pop3"),
            if wants_two { "false" } else { "" },
        );
    }
    if is_asked && is_same {
        posted = posted.with(&key("user"), "");
    }
    posted
}
