//! The icon in the tray and its menu: what stands in the menu, and the system's way of showing it.

#[cfg(any(windows, target_os = "macos"))]
mod native;
#[cfg(all(unix, not(target_os = "macos")))]
mod notifier;

use karamail_core::words::tray as words;
use karamail_tray::face::{Check, Collect, Face};

#[cfg(any(windows, target_os = "macos"))]
pub(crate) use self::native::Tray;
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) use self::notifier::Tray;

/// What can be chosen in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Status,
    CheckNow,
    StartOrStop,
    Settings,
    Results,
    Log,
    Kit,
    End,
}

/// An entry of the menu as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) choice: Choice,
    pub(crate) label: String,
    pub(crate) is_enabled: bool,
    /// A line is drawn before it.
    pub(crate) begins_group: bool,
}

impl Choice {
    /// In the order of the menu.
    pub(crate) const ALL: [Choice; 8] = [
        Choice::Status,
        Choice::CheckNow,
        Choice::StartOrStop,
        Choice::Settings,
        Choice::Results,
        Choice::Log,
        Choice::Kit,
        Choice::End,
    ];

    /// Its entry in the menu that goes with a face.
    pub(crate) fn entry(self, face: &Face) -> Entry {
        let (language, offer) = (face.language, face.offer);
        let (label, is_enabled) = match self {
            Choice::Status => (words::status(language), true),
            Choice::CheckNow => match offer.check {
                Check::Ready => (words::check_now(language), true),
                Check::Stopped => (words::check_now_stopped(language), false),
                Check::NothingSet => (words::check_now_unset(language), false),
            },
            Choice::StartOrStop => match offer.collect {
                Collect::Stop => (words::stop(language), true),
                Collect::Start => (words::start(language), true),
                Collect::Neither => (words::start(language), false),
            },
            Choice::Settings => (words::settings(language), true),
            Choice::Results => (words::results(language), true),
            Choice::Log => (words::log(language), true),
            Choice::Kit => (words::kit(language), true),
            Choice::End if offer.is_ending => (words::ending(language), false),
            Choice::End => (words::end(language), true),
        };
        Entry {
            choice: self,
            label,
            is_enabled: is_enabled && !(offer.is_ending && self.begins_something()),
            begins_group: matches!(self, Choice::Settings | Choice::End),
        }
    }

    fn begins_something(self) -> bool {
        matches!(self, Choice::CheckNow | Choice::StartOrStop)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Zoned;
    use karamail_core::words::Language;
    use karamail_tray::face::{self, Shop};

    use super::*;

    fn entries(shop: &Shop<'_>) -> Vec<Entry> {
        let now: Zoned = "2026-11-21T14:30:00+09:00[Asia/Tokyo]".parse().unwrap();
        let face = face::of(shop, &now, Language::Japanese);
        Choice::ALL
            .into_iter()
            .map(|choice| choice.entry(&face))
            .collect()
    }

    fn labels(entries: &[Entry], is_enabled: bool) -> Vec<&str> {
        let wanted = entries.iter().filter(|entry| entry.is_enabled == is_enabled);
        wanted.map(|entry| entry.label.as_str()).collect()
    }

    #[test]
    fn what_cannot_be_done_cannot_be_chosen() {
        let unset = entries(&Shop::NoSettings);
        assert_eq!(
            labels(&unset, false),
            ["今すぐ確認（設定が必要です）", "収集開始"]
        );
        let ending = entries(&Shop::Ending);
        assert_eq!(
            labels(&ending, true),
            ["状況", "設定", "収集結果", "ログ", "店頭キット"]
        );
    }

    #[test]
    fn the_menu_is_that_of_the_reference() {
        let status = karamail_engine::engine::Status::default();
        let running = entries(&Shop::Running {
            status: &status,
            interval: std::time::Duration::from_secs(15),
            today: None,
        });
        let all: Vec<&str> = running.iter().map(|entry| entry.label.as_str()).collect();
        assert_eq!(
            all,
            [
                "状況",
                "今すぐ確認（設定が必要です）",
                "収集開始",
                "設定",
                "収集結果",
                "ログ",
                "店頭キット",
                "処理の終了"
            ]
        );
    }
}
