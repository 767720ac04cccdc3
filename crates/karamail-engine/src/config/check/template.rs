//! The wording of receipts: from the file, from a text file, or ready-made.

use karamail_core::limits::TEMPLATE_FILE_BYTES;
use karamail_core::template::{Mark, Template, TemplatePart};
use karamail_core::words::{Language, Told};

use super::Checking;
use crate::config::faults::FaultKind;
use crate::config::load;
use crate::config::read::SectionValues;
use crate::config::samples;

/// Subject and body, not yet checked for their marks.
#[derive(Clone, Debug)]
pub(crate) struct TemplateText {
    subject: String,
    body: String,
}

/// The receipt of a shop that wrote none.
pub(super) fn receipt(language: Language) -> TemplateText {
    split_file(match language {
        Language::Japanese => samples::RECEIPT_JA,
        Language::English => samples::RECEIPT_EN,
    })
}

/// The repeat reply of a shop that wrote none.
pub(super) fn repeat(language: Language) -> TemplateText {
    split_file(match language {
        Language::Japanese => samples::REPEAT_JA,
        Language::English => samples::REPEAT_EN,
    })
}

/// The answer to somebody who leaves, for the part that the shop did not write.
pub(super) fn left(language: Language) -> TemplateText {
    split_file(match language {
        Language::Japanese => samples::LEFT_JA,
        Language::English => samples::LEFT_EN,
    })
}

/// What a section says, and for the rest what holds without it.
pub(super) fn text(
    values: &SectionValues,
    otherwise: &TemplateText,
    checking: &mut Checking<'_>,
) -> TemplateText {
    let mut text = otherwise.clone();
    if values.has("body") && values.has("body_file") {
        checking
            .faults
            .push(values.fault("body_file", FaultKind::BodyTwice));
    }
    if let Some((path, bytes)) = checking.read(values, "body_file", TEMPLATE_FILE_BYTES) {
        match load::decode(&bytes) {
            Ok(file) => {
                let (subject, body) = samples::split(&file);
                text.subject = subject.map_or(text.subject, str::to_owned);
                text.body = body.replace("\r\n", "\n");
            }
            Err(_) => {
                let kind = FaultKind::FileNotUtf8(path.display().to_string());
                checking.faults.push(values.fault("body_file", kind));
            }
        }
    }
    if let Some(body) = values.text_if_set("body") {
        text.body = body.to_owned();
    }
    if let Some(subject) = values.text_if_set("subject") {
        text.subject = subject.to_owned();
    }
    text
}

/// Checks the marks. Each fault stands at its key; what a mailbox took over from the general section is told there.
pub(super) fn parse(
    values: &SectionValues,
    text: &TemplateText,
    mark: Mark,
    checking: &mut Checking<'_>,
) -> Option<Template> {
    let of_mailbox = values.path().starts_with("mailbox");
    let written = |keys: &[&'static str]| keys.iter().find(|key| values.has(key)).copied();
    match Template::parse(&text.subject, &text.body, mark) {
        Ok(template) => Some(template),
        Err(faults) => {
            for fault in faults {
                let key = match fault.part() {
                    Some(TemplatePart::Subject) => written(&["subject", "body_file"]),
                    Some(TemplatePart::Body) => written(&["body", "body_file"]),
                    None => written(&["body", "body_file", "subject"]),
                };
                if of_mailbox && key.is_none() {
                    continue;
                }
                let kind = FaultKind::Template {
                    ja: fault.told(Language::Japanese),
                    en: fault.told(Language::English),
                };
                checking.faults.push(values.fault(key.unwrap_or(""), kind));
            }
            None
        }
    }
}

fn split_file(file: &str) -> TemplateText {
    let (subject, body) = samples::split(file);
    TemplateText {
        subject: subject.unwrap_or_default().to_owned(),
        body: body.to_owned(),
    }
}
