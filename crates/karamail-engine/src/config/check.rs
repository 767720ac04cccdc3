//! From the file form to the checked form: what several keys must agree on, and what they refer to.

mod mailbox;
mod template;

pub(crate) use mailbox::RECENT;

use std::path::{Path, PathBuf};
use std::time::Duration;

use karamail_core::decide::{BlockRule, DuplicateAction, ShopWord, ShopWordIn, is_opt_out_word};
use karamail_core::limits::{CA_FILE_BYTES, MAILBOXES, SERIES};
use karamail_core::template::Mark;
use karamail_core::words::Language;
use sha2::{Digest, Sha256};

use super::faults::{ConfigFault, FaultKind};
use super::read::{FileForm, SectionValues, shown};
use super::settings::{DuplicateSettings, General, Guard, Mailbox, OptOut, SeriesSettings, Settings};

/// The name of the series where none is written.
const DEFAULT_SERIES: &str = "main";

/// What checking takes note of as it goes.
pub(crate) struct Checking<'a> {
    /// The folder of the settings file; relative names start here.
    pub(crate) folder: &'a Path,
    pub(crate) faults: &'a mut Vec<ConfigFault>,
    /// Every file the settings refer to, whether it is there or not.
    pub(crate) files: Vec<PathBuf>,
    /// Of the files whose content is not in the settings.
    pub(crate) contents: Sha256,
}

/// Makes the checked form; `None` where any fault was noted, before or now.
pub(crate) fn check(form: &FileForm, checking: &mut Checking<'_>) -> Option<Settings> {
    let general = general(&form.general, checking.folder);
    let series = series(&form.series, checking);
    let language = general.language;
    let receipt_text = template::text(&form.receipt, &template::receipt(language), checking);
    let receipt = template::parse(&form.receipt, &receipt_text, Mark::Receipt, checking);
    let repeat_text = template::text(&form.duplicate, &template::repeat(language), checking);
    let repeat = template::parse(&form.duplicate, &repeat_text, Mark::Repeat, checking);
    let opt_out = opt_out(&form.opt_out, language, checking);
    let guard = guard(&form.guard, checking);
    if form.mailboxes.is_empty() {
        checking.faults.push(ConfigFault {
            line: None,
            key: String::new(),
            mailbox: None,
            kind: FaultKind::NoMailbox,
        });
    }
    if let Some(over) = form.mailboxes.get(MAILBOXES) {
        let kind = FaultKind::TooMany {
            count: form.mailboxes.len(),
            most: MAILBOXES,
        };
        checking.faults.push(over.own.fault("", kind));
    }
    let shared = mailbox::Shared {
        general: &general,
        series: &series,
        receipt: &receipt_text,
        repeat: &repeat_text,
        invitation: form.receipt.text("invitation").trim(),
    };
    let mailboxes: Vec<Option<Mailbox>> = form
        .mailboxes
        .iter()
        .take(MAILBOXES)
        .map(|mailbox| mailbox::check(mailbox, &shared, checking))
        .collect();
    mailbox::check_together(form, &mailboxes, checking);
    if !checking.faults.is_empty() {
        return None;
    }
    let action = match form.duplicate.text("action") {
        "ignore" => DuplicateAction::Ignore,
        "new-number" => DuplicateAction::NewNumber,
        _ => DuplicateAction::Repeat,
    };
    Some(Settings {
        general,
        series,
        receipt: receipt?,
        duplicate: DuplicateSettings {
            action,
            template: repeat?,
        },
        invitation: form.receipt.text("invitation").trim().to_owned(),
        opt_out,
        guard,
        mailboxes: mailboxes.into_iter().collect::<Option<Vec<_>>>()?,
    })
}

fn general(values: &SectionValues, folder: &Path) -> General {
    General {
        language: if values.text("language") == "en" {
            Language::English
        } else {
            Language::Japanese
        },
        shop_name: values.text("shop_name").to_owned(),
        autostart: values.flag("autostart"),
        notify_trouble: values.flag("notify_trouble"),
        notify_receipts: values.flag("notify_receipts"),
        check_interval: Duration::from_secs(values.number("check_interval_seconds")),
        log_folder: values.text_if_set("log_folder").map(|name| folder.join(name)),
        archive_days: values.number("archive_days"),
        log_months: values.number("log_months"),
        diagnostic_log_days: values.number("diagnostic_log_days"),
    }
}

fn series(all: &[SectionValues], checking: &mut Checking<'_>) -> Vec<SeriesSettings> {
    if all.is_empty() {
        return vec![SeriesSettings {
            name: DEFAULT_SERIES.to_owned(),
            first_number: 1,
        }];
    }
    if let Some(over) = all.get(SERIES) {
        checking.faults.push(over.fault(
            "",
            FaultKind::TooMany {
                count: all.len(),
                most: SERIES,
            },
        ));
    }
    let mut series: Vec<SeriesSettings> = Vec::new();
    for (index, values) in all.iter().take(SERIES).enumerate() {
        let name = values.text("name").trim();
        if values.text_if_set("name").is_some() && name.is_empty() {
            let allowed = super::keys::Kind::Line {
                max: karamail_core::limits::MAILBOX_NAME_CHARACTERS,
            };
            checking
                .faults
                .push(values.fault("name", FaultKind::EmptyValue { allowed }));
        }
        let earlier = all
            .iter()
            .take(index)
            .find(|other| !name.is_empty() && other.text("name").trim() == name);
        if let Some(earlier) = earlier {
            let kind = FaultKind::NameTaken {
                name: shown(name),
                other: earlier.path().to_owned(),
            };
            checking.faults.push(values.fault("name", kind));
        }
        series.push(SeriesSettings {
            name: name.to_owned(),
            first_number: values.number("first_number"),
        });
    }
    series
}

/// Words by which people leave, and the letter that answers them where subject or body is written.
fn opt_out(values: &SectionValues, language: Language, checking: &mut Checking<'_>) -> OptOut {
    let mut words = Vec::new();
    for (line, text) in values.list("words") {
        if is_opt_out_word(text, std::slice::from_ref(text)) {
            words.push(text.clone());
        } else {
            // A word of blanks would be every empty subject.
            let allowed = super::keys::Kind::Line {
                max: super::keys::OPT_OUT_WORD_CHARACTERS,
            };
            let kind = FaultKind::EmptyValue { allowed };
            checking.faults.push(values.fault_at(*line, "words", kind));
        }
    }
    let is_written = ["subject", "body", "body_file"]
        .into_iter()
        .any(|key| values.has(key));
    let template = is_written.then(|| {
        let text = template::text(values, &template::left(language), checking);
        template::parse(values, &text, Mark::Receipt, checking)
    });
    OptOut {
        words,
        template: template.flatten(),
    }
}

fn guard(values: &SectionValues, checking: &mut Checking<'_>) -> Guard {
    let mut blocked = Vec::new();
    for (line, text) in values.list("blocked") {
        match BlockRule::parse(text) {
            Ok(rule) => blocked.push(rule),
            Err(_) => {
                let kind = FaultKind::NotABlockRule(format!("\"{}\"", shown(text)));
                checking.faults.push(values.fault_at(*line, "blocked", kind));
            }
        }
    }
    let texts = |name| values.list(name).iter().map(|(_, text)| text.clone()).collect();
    let backlog_hours: u64 = values.number("backlog_hours");
    Guard {
        limit_address_hour: values.number("limit_address_per_hour"),
        limit_address_day: values.number("limit_address_per_day"),
        limit_mailbox_hour: values.number("limit_mailbox_per_hour"),
        blocked,
        also_empty_subjects: texts("also_empty_subjects"),
        shop_words: shop_words(values, checking),
        shop_word_in: match values.text("shop_word_in") {
            "subject" => ShopWordIn::Subject,
            "body" => ShopWordIn::Body,
            _ => ShopWordIn::Either,
        },
        require_addressed: values.flag("require_addressed"),
        hold_spoofed: values.flag("hold_spoofed"),
        authentication_hosts: texts("authentication_hosts"),
        backlog: (backlog_hours > 0).then(|| Duration::from_secs(backlog_hours * 3_600)),
    }
}

/// A word of nothing but blanks would be in every mail.
fn shop_words(values: &SectionValues, checking: &mut Checking<'_>) -> Vec<ShopWord> {
    let mut words = Vec::new();
    for (line, text) in values.list("shop_words") {
        match ShopWord::new(text) {
            Some(word) => words.push(word),
            None => {
                let allowed = super::keys::Kind::Line {
                    max: karamail_core::limits::SHOP_WORD_CHARACTERS,
                };
                let kind = FaultKind::EmptyValue { allowed };
                checking.faults.push(values.fault_at(*line, "shop_words", kind));
            }
        }
    }
    words
}

impl Checking<'_> {
    /// Reads a file that the settings name, at most `limit` bytes, or notes why that cannot be done.
    fn read(&mut self, values: &SectionValues, key: &'static str, limit: u64) -> Option<(PathBuf, Vec<u8>)> {
        let path = self.folder.join(values.text_if_set(key)?);
        self.files.push(path.clone());
        match super::load::read_limited(&path, limit) {
            Ok(bytes) => Some((path, bytes)),
            Err(fault) => {
                let shown_path = path.display().to_string();
                let kind = match fault {
                    FaultKind::Missing => FaultKind::FileMissing(shown_path),
                    FaultKind::TooLarge { bytes, limit } => FaultKind::FileTooLarge { bytes, limit },
                    _ => FaultKind::FileUnreadable {
                        path: shown_path,
                        reason: fault.reason(),
                    },
                };
                self.faults.push(values.fault(key, kind));
                None
            }
        }
    }

    /// A file of certificates: it must be there and hold at least one.
    fn ca_file(&mut self, values: &SectionValues) -> Option<PathBuf> {
        let (path, bytes) = self.read(values, "extra_ca_file", CA_FILE_BYTES)?;
        // Whoever renews a certificate keeps its name: only the content tells that something changed.
        self.contents.update(&bytes);
        let needle: &[u8] = b"-----BEGIN CERTIFICATE-----";
        if !bytes.windows(needle.len()).any(|window| window == needle) {
            let kind = FaultKind::FileNoCertificate(path.display().to_string());
            self.faults.push(values.fault("extra_ca_file", kind));
        }
        Some(path)
    }
}

#[cfg(test)]
mod tests;
