//! What comes ready-made: the sample settings file with every key explained, and the wording of receipts. All of it
//! is in `config/` at the root of the source, and built in.

use std::sync::LazyLock;

use karamail_core::words::Language;

use super::keys::Section;

const SAMPLE: &str = include_str!("../../../../config/karamail.toml");

pub(crate) const RECEIPT_JA: &str = include_str!("../../../../config/templates/receipt.ja.txt");
pub(crate) const RECEIPT_EN: &str = include_str!("../../../../config/templates/receipt.en.txt");
pub(crate) const REPEAT_JA: &str = include_str!("../../../../config/templates/repeat.ja.txt");
pub(crate) const LEFT_JA: &str = include_str!("../../../../config/templates/left.ja.txt");
pub(crate) const LEFT_EN: &str = include_str!("../../../../config/templates/left.en.txt");
pub(crate) const REPEAT_EN: &str = include_str!("../../../../config/templates/repeat.en.txt");

/// A ready-made receipt, to be taken over and changed.
#[derive(Clone, Copy, Debug)]
pub struct ReadyMade {
    /// For what kind of shop, in the language of the receipt.
    pub name: &'static str,
    /// The language of the receipt.
    pub language: Language,
    file: &'static str,
}

macro_rules! ready_made {
    ($($name:literal $language:ident $file:literal),* $(,)?) => {
        [$(ReadyMade {
            name: $name,
            language: Language::$language,
            file: include_str!(concat!("../../../../config/templates/", $file)),
        }),*]
    };
}

/// The ready-made receipts: the usual one of each language first.
pub const READY_MADE_RECEIPTS: [ReadyMade; 15] = ready_made![
    "標準" Japanese "receipt.ja.txt",
    "飲食店" Japanese "restaurant.ja.txt",
    "カフェ・テイクアウト" Japanese "cafe.ja.txt",
    "美容室・サロン" Japanese "salon.ja.txt",
    "小売店" Japanese "retail.ja.txt",
    "教室・スクール" Japanese "school.ja.txt",
    "クリニック・整体院" Japanese "clinic.ja.txt",
    "スポーツジム" Japanese "gym.ja.txt",
    "イベント・展示会" Japanese "event.ja.txt",
    "Standard" English "receipt.en.txt",
    "Restaurant" English "restaurant.en.txt",
    "Salon" English "salon.en.txt",
    "Shop" English "shop.en.txt",
    "School" English "school.en.txt",
    "Clinic" English "clinic.en.txt",
];

impl ReadyMade {
    /// Its subject, with marks.
    pub fn subject(&self) -> &'static str {
        split(self.file).0.unwrap_or_default()
    }

    /// Its body, with marks.
    pub fn body(&self) -> &'static str {
        split(self.file).1
    }
}

/// The sample settings file: every key with its default, explained in both languages. It differs by language only in
/// its `language` key.
pub fn sample(language: Language) -> &'static str {
    static ENGLISH: LazyLock<String> =
        LazyLock::new(|| SAMPLE.replacen("language = \"ja\"", "language = \"en\"", 1));
    match language {
        Language::Japanese => SAMPLE,
        Language::English => &ENGLISH,
    }
}

/// The line of a key in the sample, commented out.
pub(crate) fn example_line(section: &Section, key: &str) -> Option<String> {
    let plain = |line: &'static str| line.trim_start_matches('#').trim();
    let header = section.header();
    SAMPLE
        .lines()
        .skip_while(|line| plain(line) != header)
        .skip(1)
        .take_while(|line| !plain(line).starts_with('['))
        .map(plain)
        .find(|line| line.split_once('=').is_some_and(|(name, _)| name.trim() == key))
        .map(|line| format!("#{line}"))
}

/// Subject and body of a text file: a first line `件名: …` or `Subject: …` is the subject where an empty line follows.
pub(crate) fn split(file: &str) -> (Option<&str>, &str) {
    let whole = (None, file);
    let Some((first, rest)) = file.split_once('\n') else {
        return whole;
    };
    let Some((label, subject)) = first.split_once([':', '：']) else {
        return whole;
    };
    if !matches!(label.trim(), "件名" | "見出し") && !label.trim().eq_ignore_ascii_case("subject") {
        return whole;
    }
    match rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) {
        Some(body) => (Some(subject.trim()), body),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use karamail_core::template::{Mark, Template};

    #[test]
    fn every_ready_made_wording_is_a_sound_template() {
        for one in READY_MADE_RECEIPTS {
            Template::parse(one.subject(), one.body(), Mark::Receipt).expect(one.name);
            assert!(
                one.subject().contains("★1★") && one.body().contains("★1★"),
                "{}",
                one.name
            );
            // A phone breaks lines by itself; a break within a sentence would make them ragged.
            let ragged = |line: &str| line.chars().count() > 24 && !line.ends_with(['。', '.', '!']);
            assert!(!one.body().lines().any(ragged), "{}", one.name);
            assert!(
                one.body().ends_with('\n') && !one.body().contains('\r'),
                "{}",
                one.name
            );
        }
        for left in [LEFT_JA, LEFT_EN] {
            let (subject, body) = split(left);
            Template::parse(subject.unwrap(), body, Mark::Receipt).unwrap();
        }
        for repeat in [REPEAT_JA, REPEAT_EN] {
            let (subject, body) = split(repeat);
            Template::parse(subject.unwrap(), body, Mark::Repeat).unwrap();
        }
    }

    #[test]
    fn a_first_line_is_the_subject_only_where_an_empty_line_follows() {
        assert_eq!(split("件名: あ\n\nい\n"), (Some("あ"), "い\n"));
        assert_eq!(split("件名：あ\r\n\r\nい\n"), (Some("あ"), "い\n"));
        assert_eq!(split("subject:x\n\ny"), (Some("x"), "y"));
        assert_eq!(split("Subject: x\ny"), (None, "Subject: x\ny"));
        assert_eq!(split("件名のない本文\n\nい"), (None, "件名のない本文\n\nい"));
        assert_eq!(split("営業時間: 10-18\n\nい"), (None, "営業時間: 10-18\n\nい"));
        assert_eq!(split(""), (None, ""));
    }
}
